/** Shell line that sets `state` to where a machine keeps what is written down of it: root's, or a user's own. */
export const STATE_DIRECTORY = `state=\${GPUDIRECT_STATE_DIRECTORY:-/var/lib/gpudirect}
[ "$(id -u)" = 0 ] || state=\${GPUDIRECT_STATE_DIRECTORY:-\${XDG_STATE_HOME:-$HOME/.local/state}/gpudirect}`;
