#!/usr/bin/python3
# The lab's mstconfig, mlxconfig and mstfwreset: one file under three names. It knows nothing about NICs: it passes its
# arguments to the lab's firmware outside this machine, over a virtio-serial port, and does what comes back.
# Only modules of Debian's python3-minimal: there is no json there, so requests are written by hand, and answers, which
# hold nothing but strings, integers, lists and objects, are read as the Python literals that they are too.
import ast
import errno
import fcntl
import os
import select
import signal
import sys
import time

PORT = os.environ.get("GPUDIRECT_LAB_FIRMWARE_PORT", "/dev/virtio-ports/gpudirect.lab.firmware")
LOCK = os.environ.get("GPUDIRECT_LAB_FIRMWARE_LOCK", "/run/lock/gpudirect.lab.firmware")
SYSFS = os.environ.get("GPUDIRECT_LAB_FIRMWARE_SYSFS", "/sys")
USER = os.environ.get("GPUDIRECT_LAB_FIRMWARE_USER", "root" if os.geteuid() == 0 else "other")
TURN_SECONDS = float(os.environ.get("GPUDIRECT_LAB_FIRMWARE_TURN_SECONDS", "120"))
ANSWER_SECONDS = float(os.environ.get("GPUDIRECT_LAB_FIRMWARE_ANSWER_SECONDS", "60"))
PROGRAMS = ("mstconfig", "mlxconfig", "mstfwreset")


class PortError(Exception):
    pass


def quoted(text):
    out = ['"']
    for char in text:
        code = ord(char)
        if char in '"\\':
            out.append("\\" + char)
        elif 0x20 <= code < 0x7F:
            out.append(char)
        elif code > 0xFFFF:
            code -= 0x10000
            out.append("\\u%04x\\u%04x" % (0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF)))
        else:
            out.append("\\u%04x" % code)
    out.append('"')
    return "".join(out)


def to_json(value):
    if value is None:
        return "null"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return "{" + ",".join(quoted(key) + ":" + to_json(value[key]) for key in value) + "}"
    return "[" + ",".join(to_json(item) for item in value) + "]"


def read_text(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def sysfs(path):
    try:
        return read_text(os.path.join(SYSFS, path)).strip()
    except OSError:
        return ""


def host_view():
    devices = "bus/pci/devices"
    try:
        addresses = sorted(os.listdir(os.path.join(SYSFS, devices)))
    except OSError:
        addresses = []
    nics = [
        address
        for address in addresses
        if sysfs("%s/%s/vendor" % (devices, address)) == "0x15b3"
        and sysfs("%s/%s/class" % (devices, address)).startswith("0x02")
    ]
    # "none [integrity] confidentiality": the mode in force is in brackets; without the file there is no lockdown.
    modes = sysfs("kernel/security/lockdown")
    mode = modes.partition("[")[2].partition("]")[0] or "none"
    return {"devices": nics, "user": USER, "lockdown": mode}


def wait_for_turn():
    try:
        lock = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise PortError("%s cannot be opened: %s" % (LOCK, error.strerror))
    deadline = time.monotonic() + TURN_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise PortError("%s cannot be locked: %s" % (LOCK, error.strerror))
        if time.monotonic() > deadline:
            os.close(lock)
            raise PortError("another program has held %s for %g seconds" % (LOCK, TURN_SECONDS))
        time.sleep(0.05)


def send(port, data):
    deadline = time.monotonic() + ANSWER_SECONDS
    while data:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([], [port], [], left)[1]:
            raise PortError("%s has taken nothing for %g seconds" % (PORT, ANSWER_SECONDS))
        try:
            data = data[os.write(port, data) :]
        except BlockingIOError:
            time.sleep(0.05)


def receive(port, name):
    deadline = time.monotonic() + ANSWER_SECONDS
    pending = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([port], [], [], left)[0]:
            raise PortError("the lab's firmware has not answered for %g seconds" % ANSWER_SECONDS)
        try:
            chunk = os.read(port, 65536)
        except BlockingIOError:
            continue
        if not chunk:
            # The other side of a virtio port is away while the lab's keeper reconnects: it reads as ended until then.
            time.sleep(0.05)
            continue
        lines = (pending + chunk).split(b"\n")
        pending = lines.pop()
        for line in lines:
            # An answer to a program that was killed before it came is still in the port: its name is another.
            answer = parsed(line)
            if answer is not None and answer.get("id") == name:
                return answer


def parsed(line):
    try:
        answer = ast.literal_eval(line.decode("utf-8"))
    except (ValueError, SyntaxError, UnicodeDecodeError):
        return None
    return answer if isinstance(answer, dict) else None


def exchange(request):
    lock = wait_for_turn()
    try:
        try:
            port = os.open(PORT, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        except OSError as error:
            raise PortError("%s cannot be opened: %s" % (PORT, error.strerror))
        try:
            name = os.urandom(8).hex()
            send(port, (to_json(dict(request, id=name)) + "\n").encode("ascii"))
            return receive(port, name)
        except OSError as error:
            raise PortError("%s: %s" % (PORT, error.strerror))
        finally:
            os.close(port)
    finally:
        os.close(lock)


def emit(answer):
    sys.stdout.write(answer["stdout"])
    sys.stdout.flush()
    sys.stderr.write(answer["stderr"])
    sys.stderr.flush()


def with_files_written(answer):
    for path, text in answer.get("files", {}).items():
        try:
            with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(text)
        except OSError as error:
            instead = answer["unwritable"]
            return dict(instead, stderr=instead["stderr"].replace("{reason}", error.strerror))
    return answer


def main():
    # Ended by a closed pipe or by Ctrl-C it ends as any program does, without a trace of Python.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Names of files may be no UTF-8; they are passed on as they are.
    sys.stdout.reconfigure(errors="surrogateescape")
    sys.stderr.reconfigure(errors="surrogateescape")
    program = os.path.basename(sys.argv[0]).replace(".py", "")
    program = program if program in PROGRAMS else "mstconfig"
    answers = []
    files = {}
    host = host_view()
    while True:
        request = {"program": program, "argv": sys.argv[1:], "answers": answers, "files": files, "host": host}
        try:
            answer = exchange(request)
        except PortError as error:
            print("-E- Failed to open the device")
            print("lab: %s" % error, file=sys.stderr)
            return 1 if program == "mstfwreset" else 3
        if "read" in answer:
            for path in answer["read"]:
                try:
                    files[path] = read_text(path)
                except OSError:
                    files[path] = None
            continue
        answer = with_files_written(answer)
        emit(answer)
        if "ask" in answer:
            # At the end of the input the line is empty, which every question takes for no.
            answers.append(sys.stdin.readline().rstrip("\n"))
            continue
        if answer.get("afterwards") == "reboot":
            os.execvp("reboot", ["reboot"])
        return answer["status"]


if __name__ == "__main__":
    sys.exit(main())
