"""Runs a command at a terminal: stdin and stderr are the terminal, stdout is a file.

Arguments: the file, a text after which Ctrl-C is pressed (or ""), the command.
Prints JSON: what the terminal shows, and the exit code.
"""

import fcntl
import json
import os
import pty
import sys
import termios

out, interrupt_after, *command = sys.argv[1:]
master, slave = pty.openpty()
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    os.dup2(slave, 0)
    os.dup2(slave, 2)
    os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
    os.execvp(command[0], command)
os.close(slave)

shown = b""
while True:
    try:
        part = os.read(master, 4096)
    except OSError:
        break
    if not part:
        break
    shown += part
    if interrupt_after and interrupt_after.encode() in shown:
        os.write(master, b"\x03")
        interrupt_after = ""
_, status = os.waitpid(child, 0)
print(json.dumps({"shown": shown.decode(errors="replace"), "code": os.waitstatus_to_exitcode(status)}))
