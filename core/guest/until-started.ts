/** Seconds since the start within which a boot counts as under way, and the longest wait for its end. */
const BOOTS_S = 300;
const WAIT_S = 60;

/**
 * Lines of sh, for scripts that read a guest, with `$R` as their root: they wait until systemd has started what it starts at
 * boot. The agent and sshd answer before leases, routes and late drivers are there, which would be taken for missing.
 */
export const UNTIL_STARTED = String.raw`
if [ -d "$R/run/systemd/system" ] && command -v systemctl > /dev/null 2>&1; then
  read -r up rest 2> /dev/null < "$R/proc/uptime" || up=
  waited=${WAIT_S}
  case $up in [0-9]*) [ "\${up%%.*}" -ge ${BOOTS_S} ] || waited=0 ;; esac
  while [ "$waited" -lt ${WAIT_S} ]; do
    case $(systemctl is-system-running < /dev/null 2> /dev/null) in
      initializing | starting) sleep 1; waited=$((waited + 1)) ;;
      *) waited=${WAIT_S} ;;
    esac
  done
fi
`.replaceAll("\\${", "${");
