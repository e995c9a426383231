/**
 * Function of sh: whether a .network file can match one interface alone: by one name without wildcards, by one path, or by
 * one MAC address where VLANs and bonds, which share it, are kept out by a type (systemd.network(5), [Match]; its conditions
 * must all hold). Drop-ins may add names.
 */
export const EXACT_NETWORK = String.raw`
is_exact_network() {
  base=\${1##*/}
  set -- "$R$1"
  for file in "$R"/etc/systemd/network/"$base".d/*.conf "$R"/run/systemd/network/"$base".d/*.conf "$R"/usr/lib/systemd/network/"$base".d/*.conf; do
    case $file in */99-zz-gpudirect.conf) continue ;; esac
    [ ! -f "$file" ] || set -- "$@" "$file"
  done
  awk '
    FNR == 1 { inside = 0 }
    /^\[/ { inside = /^\[Match\]/; next }
    inside && /^[A-Za-z]+[ \t]*=/ {
      key = value = $0
      sub(/[ \t]*=.*/, "", key)
      sub(/^[^=]*=[ \t]*/, "", value)
      count[key] += split(value, parts, /[ \t]+/) - (value ~ /[ \t]$/)
      if (value ~ /[][*?!]/) wild[key] = 1
    }
    function single(key) { return count[key] == 1 && !wild[key] }
    END {
      exit !(single("Name") || single("Path") || single("PermanentMACAddress") || single("MACAddress") && count["Type"] > 0)
    }' "$@" 2> /dev/null
}
`.replaceAll("\\${", "${");
