/**
 * Prints a file of variables with some of them changed, line by line: all else stays as it is, byte for byte. EDITS holds a
 * line for each: NAME=VALUE to set, NAME to take out. `pam` is 1 for pam_env's file, where the last line of a name counts
 * and the way a line is written (export, quotes) stays; in NCCL's own the first line counts. `open` is 1 where the last line
 * has no end: new lines come before it, so that taking them out leaves it so.
 *
 * pam_env takes blanks before a comment for part of the value, and a quote before them too, so a line with such a comment
 * says no value that is meant. It stays, a line after it counts, and that goes when the value is to be the old one again. So
 * it is with a line that goes on in the next one or has a quote alone. What goes on beyond the end is not read at all, and stays the end.
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
function pam_value(line, rest, at) {
  gsub(/\\[ \t]*\n([ \t]*(#[^\n]*)?\n)*/, "", line)
  rest = substr(line, index(line, "=") + 1)
  at = index(rest, "#")
  if (at > 0) rest = substr(rest, 1, at - 1)
  else sub(/[ \t\r]+$/, "", rest)
  if (!is_quote(substr(rest, 1, 1))) return rest
  rest = substr(rest, 2)
  return is_quote(substr(rest, length(rest))) ? substr(rest, 1, length(rest) - 1) : rest
}
function is_quote(text) { return text == "\"" || text == "\047" }
function stays(line, rest, quote) {
  rest = substr(line, index(line, "=") + 1)
  if (line ~ /\n/ || rest ~ /^[^#]*[ \t]#/) return 1
  sub(/(#.*|[ \t\r]+)$/, "", rest)
  quote = substr(rest, 1, 1)
  return is_quote(quote) && (length(rest) < 2 || substr(rest, length(rest)) != quote)
}
function with_value(line, value, at, head, rest, comment, quote) {
  at = index(line, "=")
  head = substr(line, 1, at)
  if (!pam) return head value
  if (pam_value(line) == value) return line
  rest = substr(line, at + 1)
  comment = ""
  if (match(rest, /#/) || match(rest, /[ \t\r]+$/)) {
    comment = substr(rest, RSTART)
    rest = substr(rest, 1, RSTART - 1)
  }
  quote = substr(rest, 1, 1)
  if (length(rest) < 2 || !is_quote(quote) || substr(rest, length(rest)) != quote) quote = ""
  return head quote value quote comment
}
function print_new(i) {
  for (i = 1; i <= wanted; i++) if (!(order[i] in place)) print order[i] "=" value[order[i]]
}
# Lines that stay whatever is wanted, and ours behind them.
function heed_staying(i, one, at, before) {
  for (i = 1; i <= wanted; i++) {
    one = order[i]
    if (!(one in place)) continue
    at = place[one]
    before = earlier[one]
    if (stays(line[at])) {
      if (pam_value(line[at]) == value[one]) continue
      if (open && at == count) last = one
      else delete place[one]
    } else if (before > 0 && line[at] == one "=" pam_value(line[at]) && stays(line[before]) && pam_value(line[before]) == value[one]) {
      dropped[at] = 1
      place[one] = before
    }
  }
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
  if (continued) line[count] = line[count] "\n" $0
  else {
    line[++count] = $0
    name[count] = name_of($0)
  }
  if (!continued || $0 !~ /^[ \t]*(#|$)/) continued = pam && $0 ~ /^[^#]*\\[ \t]*$/
}
END {
  if (continued) name[count] = ""
  for (i = 1; i <= count; i++) {
    if (!(name[i] in value) || (!pam && name[i] in place)) continue
    earlier[name[i]] = name[i] in place ? place[name[i]] : 0
    place[name[i]] = i
  }
  if (pam) heed_staying()
  for (i = 1; i <= count; i++) {
    if ((open || continued) && i == count) print_new()
    if (name[i] in gone || i in dropped) continue
    text = line[i]
    if (i == count && last != "") text = text "\n" last "=" value[last]
    else if (name[i] in place && place[name[i]] == i) text = with_value(text, value[name[i]])
    printf "%s%s", text, (open && (i == count || (i == count - 1 && count in dropped)) ? "" : "\n")
  }
  if (!(open || continued) || count == 0) print_new()
}`;
