// Loaded before a program of ours (`node --import`): the kernel then refuses its keyring to it, by a filter of system calls
// like that of a container's default profile. What needs no encryption falls back to a plain file.
import koffi from "koffi";

/** add_key, request_key and keyctl. */
const REFUSED = { x64: [248, 249, 250], arm64: [217, 218, 219] }[process.arch];

/** Of linux/filter.h and linux/seccomp.h: load a word, jump if equal, return; allow, and answer EPERM. */
const [LOAD, JUMP_IF_EQUAL, RETURN] = [0x20, 0x15, 0x06];
const [ALLOW, ANSWER_EPERM] = [0x7fff0000, 0x00050001];
/** Of linux/prctl.h. */
const [SET_SECCOMP, SET_NO_NEW_PRIVILEGES, FILTER] = [22, 38, 2];

const instructions = [
	[LOAD, 0, 0, 0],
	...REFUSED.map((number, index) => [
		JUMP_IF_EQUAL,
		REFUSED.length - index,
		0,
		number,
	]),
	[RETURN, 0, 0, ALLOW],
	[RETURN, 0, 0, ANSWER_EPERM],
];
const program = Buffer.alloc(8 * instructions.length);
for (const [index, [code, yes, no, value]] of instructions.entries()) {
	program.writeUInt16LE(code, 8 * index);
	program.writeUInt8(yes, 8 * index + 2);
	program.writeUInt8(no, 8 * index + 3);
	program.writeUInt32LE(value, 8 * index + 4);
}

koffi.struct("sock_fprog", { len: "uint16", filter: "void *" });
const libc = koffi.load(null);
const flag = libc.func("prctl", "int", ["int", "long", "long", "long", "long"]);
const install = libc.func("prctl", "int", ["int", "long", "sock_fprog *"]);
const answers = [
	flag(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0),
	install(SET_SECCOMP, FILTER, { len: instructions.length, filter: program }),
];
if (answers.some((answer) => answer !== 0))
	throw new Error("the kernel takes no filter");
