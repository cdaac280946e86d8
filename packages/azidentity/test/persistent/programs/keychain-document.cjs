// Does to one keychain document what it is told, by the package's own AsyncEntry, and prints what it found as JSON.
// Usage: keychain-document.cjs MODULE SERVICE MARKER [TEXT]   writes TEXT, else reads; "forget" as MODULE removes the item
// On Linux the package keeps items in a kernel keyring, and finds them by what the session's keyring links. Sessions are
// per thread: this one is joined before the first thread of the pool is made, which is why this program is no ES module.
const koffi = require("koffi");

/** The keyctl system call, what is asked of it, and the names of two keyrings (linux/keyctl.h). */
const KEYCTL = { x64: 250, arm64: 219 }[process.arch];
const [JOIN_SESSION, LINK, SESSION_RING, USER_RING] = [1, 8, -3, -4];
const syscall = koffi
	.load("libc.so.6")
	.func("long syscall(long number, long operation, long a, long b, long c)");
syscall(KEYCTL, JOIN_SESSION, 0, 0, 0);
syscall(KEYCTL, LINK, USER_RING, SESSION_RING, 0);

const [module_, service, marker, text] = process.argv.slice(2);

async function run() {
	if (module_ === "forget") {
		const { AsyncEntry } = await import("@napi-rs/keyring");
		const entry = new AsyncEntry(service, "MSALCache");
		return { was: await entry.deleteCredential() };
	}
	const { keychainDocument, keychainItems } = await import(module_);
	// The same code, of the package for this platform.
	const items = keychainItems(`linux-${process.arch}-gnu`);
	const document = keychainDocument(service, marker, items);
	if (text !== undefined) await document.write(text);
	return { text: await document.read() };
}

run().then((found) => console.log(JSON.stringify(found)));
