/**
 * Prints a file of variables with some of them changed, line by line: all else stays as it is, byte for byte. EDITS holds a
 * line for each: NAME=VALUE to set, NAME to take out. `pam` is 1 for pam_env's file, where the last line of a name counts
 * and the way a line is written (export, quotes, a comment behind it) stays; in NCCL's own the first line counts. `open` is
 * 1 where the last line has no end: new lines come before it, so that taking them out leaves it so.
 */
export const EDIT_AWK = String.raw`
function name_of(line, at) {
  if (pam) {
    if (!match(line, /^[ \t]*(export )?[A-Za-z0-9_]+=/)) return ""
    line = substr(line, 1, RLENGTH - 1)
    sub(/^[ \t]*(export )?/, "", line)
    return line
  }
  at = index(line, "=")
  return at > 1 && substr(line, 1, 1) != "#" ? substr(line, 1, at - 1) : ""
}
function with_value(line, value, at, head, rest, comment, quote) {
  at = index(line, "=")
  head = substr(line, 1, at)
  if (!pam) return head value
  rest = substr(line, at + 1)
  comment = ""
  if (match(rest, /[ \t]*#/)) {
    comment = substr(rest, RSTART)
    rest = substr(rest, 1, RSTART - 1)
  } else if (match(rest, /[ \t]+$/)) {
    comment = substr(rest, RSTART)
    rest = substr(rest, 1, RSTART - 1)
  }
  quote = substr(rest, 1, 1)
  if (length(rest) < 2 || (quote != "\"" && quote != "\047") || substr(rest, length(rest)) != quote) quote = ""
  return head quote value quote comment
}
function print_new(i) {
  for (i = 1; i <= wanted; i++) if (!(order[i] in place)) print order[i] "=" value[order[i]]
}
BEGIN {
  total = split(ENVIRON["EDITS"], edit, "\n")
  for (i = 1; i <= total; i++) {
    at = index(edit[i], "=")
    if (at > 0) {
      order[++wanted] = substr(edit[i], 1, at - 1)
      value[order[wanted]] = substr(edit[i], at + 1)
    } else if (edit[i] != "") gone[edit[i]] = 1
  }
}
{
  line[NR] = $0
  name[NR] = continued ? "" : name_of($0)
  continued = pam && substr($0, length($0)) == "\\"
  if (name[NR] in value && (pam || !(name[NR] in place))) place[name[NR]] = NR
}
END {
  for (i = 1; i <= NR; i++) {
    if (open && i == NR) print_new()
    if (name[i] in gone) continue
    text = place[name[i]] == i && name[i] in value ? with_value(line[i], value[name[i]]) : line[i]
    printf "%s%s", text, (open && i == NR ? "" : "\n")
  }
  if (!open || NR == 0) print_new()
}`;
