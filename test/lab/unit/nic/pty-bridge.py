"""Stands for QEMU: a terminal device as the guest's port, a Unix socket as the machine's character device."""
import os
import pty
import select
import socket
import sys
import tty

port, server_path = sys.argv[1], sys.argv[2]
master, slave = pty.openpty()
tty.setraw(slave)
os.symlink(os.ttyname(slave), port)
server = socket.socket(socket.AF_UNIX)
server.bind(server_path)
server.listen(1)
print("ready", flush=True)
keeper = None
while True:
    ready = select.select([sys.stdin, server, master] + ([keeper] if keeper else []), [], [])[0]
    if sys.stdin in ready:
        break
    if server in ready:
        keeper = server.accept()[0]
    elif keeper is not None and keeper in ready:
        data = keeper.recv(4096)
        if data:
            os.write(master, data)
        else:
            keeper = None
    elif master in ready:
        data = os.read(master, 4096)
        if keeper is not None:
            keeper.sendall(data)
