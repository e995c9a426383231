#!/bin/sh
# Stands for nvidia-smi of a system with two GPUs: the queries and the switches of its documentation, as far as tuning asks
# them. What is set lies in files below /run, so that a reboot loses it, as the driver does. The second card cannot lock its
# memory clock.
state=/run/nvidia-fixture
cards='00000000:17:00.0 00000000:65:00.0'
mkdir -p "$state"

get() {
  if [ -f "$state/$1.$2" ]; then cat "$state/$1.$2"; else echo "$3"; fi
}
put() { echo "$3" > "$state/$1.$2"; }
default_clocks='1215,1095'

query() {
  index=0
  for card in $cards; do
    clocks=$(get "$card" application "$default_clocks")
    case $1 in
      --query-gpu=index,pci.bus_id,driver_version,persistence_mode,clocks.max.memory,clocks.max.graphics,name)
        echo "$index, $card, 535.104.05, $(get "$card" persistence Disabled), 1593, 1410, NVIDIA A100-SXM4-80GB" ;;
      --query-gpu=pci.bus_id,clocks.applications.memory,clocks.applications.graphics)
        echo "$card, ${clocks%,*}, ${clocks#*,}" ;;
      --query-supported-clocks=gpu_bus_id,memory,graphics)
        for graphics in 1410 1395 1380; do echo "$card, 1593, $graphics"; done
        echo "$card, 1215, 1095" ;;
      *) echo "Field \"${1#*=}\" is not a valid field to query."; exit 2 ;;
    esac
    index=$((index + 1))
  done
}

case $1 in
  --query-*)
    [ "$2" = --format=csv,noheader,nounits ] || { echo "Invalid combination of input arguments."; exit 2; }
    query "$1"
    exit
    ;;
  -i) ;;
  *) echo "Invalid combination of input arguments. Please run 'nvidia-smi -h' for help."; exit 2 ;;
esac

card=
for one in $cards; do
  case $one in *"${2#0000}") card=$one ;; esac
done
[ -n "$card" ] || { echo "No devices were found"; exit 6; }
case $3 in
  -pm) if [ "$4" = 1 ]; then put "$card" persistence Enabled; else put "$card" persistence Disabled; fi ;;
  -ac)
    case $4 in 1593,1410 | 1593,1395 | 1593,1380 | 1215,1095) put "$card" application "$4" ;;
      *) echo "Specified clock combination \"(MEM ${4%,*}, SM ${4#*,})\" is not supported for GPU $card."; exit 2 ;;
    esac ;;
  -rac) rm -f "$state/$card.application" ;;
  -lgc) put "$card" graphics "$4" ;;
  -rgc) rm -f "$state/$card.graphics" ;;
  -lmc | -rmc)
    if [ "$card" = 00000000:65:00.0 ]; then
      echo "Setting locked memory clocks is not supported for GPU $card."
      echo "Treating as warning and moving on."
    elif [ "$3" = -lmc ]; then put "$card" memory "$4"
    else rm -f "$state/$card.memory"
    fi ;;
  -cc) put "$card" cuda "$4" ;;
  *) echo "Option $3 is not recognized."; exit 2 ;;
esac
echo "All done."
