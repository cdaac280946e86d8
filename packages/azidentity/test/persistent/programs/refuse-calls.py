"""Runs a program to which the kernel refuses some system calls, as a container's seccomp profile does.

Usage: refuse-calls.py RULE... -- PROGRAM ARGUMENT...
A rule is CALL=ERRNO, where CALL is add_key or keyctl; or keyctl:OPERATION=ERRNO for one operation only;
or keyctl:OPERATION:KEYRING=ERRNO for one that has this keyring as its last argument.
"""

import ctypes
import os
import platform
import struct
import sys

CALLS = {
    "x86_64": {"add_key": 248, "keyctl": 250},
    "aarch64": {"add_key": 217, "keyctl": 219},
}[platform.machine()]

# linux/bpf_common.h, linux/seccomp.h: load a word, compare and jump, return.
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL_WITH = 0x7FFF0000, 0x00050000
# struct seccomp_data: the number of the call, and the low halves of its first and third argument.
NUMBER, FIRST_ARGUMENT, THIRD_ARGUMENT = 0, 16, 32
# sys/prctl.h
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2


def instruction(code, value, if_true=0, if_false=0):
    return struct.pack("=HBBI", code, if_true, if_false, value)


def instructions(rule):
    what, errno = rule.split("=")
    call, *arguments = what.split(":")
    wanted = [(NUMBER, CALLS[call])]
    wanted += zip((FIRST_ARGUMENT, THIRD_ARGUMENT), map(int, arguments))
    found = [instruction(RETURN, FAIL_WITH | int(errno))]
    for offset, value in reversed(wanted):
        found = [
            instruction(LOAD, offset),
            instruction(JUMP_IF_EQUAL, value & 0xFFFFFFFF, 0, len(found)),
            *found,
        ]
    return found


def refuse(rules):
    program = [each for rule in rules for each in instructions(rule)]
    program.append(instruction(RETURN, ALLOW))
    code = ctypes.create_string_buffer(b"".join(program))
    fprog = struct.pack("@HP", len(program), ctypes.addressof(code))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int] + 4 * [ctypes.c_ulong]
    buffer = ctypes.create_string_buffer(fprog)
    for arguments in (
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(buffer), 0, 0),
    ):
        if prctl(*arguments) != 0:
            sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")


split = sys.argv.index("--")
refuse(sys.argv[1:split])
os.execv(sys.argv[split + 1], sys.argv[split + 1 :])
