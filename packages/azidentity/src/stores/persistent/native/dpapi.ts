import { bindCalls, type Koffi } from "./koffi.ts";
import { windowsError } from "./windows-error.ts";

/** No dialog: whoever waits for a token may have no desktop. As the Go library. */
const CRYPTPROTECT_UI_FORBIDDEN = 1;

/**
 * The only failures that say nothing about the blob: no memory, no system resources, no answer from the
 * service that holds the keys. Every other one means that this blob does not open for this user, today or
 * tomorrow; Windows has many numbers for that, and which of them it gives differs between its versions.
 */
const NOT_THE_BLOB = new Set([
	8, // ERROR_NOT_ENOUGH_MEMORY
	14, // ERROR_OUTOFMEMORY
	1450, // ERROR_NO_SYSTEM_RESOURCES
	1722, // RPC_S_SERVER_UNAVAILABLE
	1723, // RPC_S_SERVER_TOO_BUSY
	1726, // RPC_S_CALL_FAILED
	1727, // RPC_S_CALL_FAILED_DNE
]);

/**
 * Encrypts for the current Windows user: DPAPI, no entropy, no description, as the other libraries do.
 * Leaves `plain` as it is; wipe it when it is no longer needed.
 * @throws WindowsError when Windows cannot, an Error when there is no Windows or no native binding.
 */
export async function protect(plain: Uint8Array): Promise<Uint8Array> {
	const result = dpapi().protect(plain);
	if (typeof result !== "number") return result;
	throw windowsError("encrypt for this user", "CryptProtectData", result);
}

/**
 * Decrypts what `protect`, or another program of this user, encrypted. The caller wipes the result.
 * Undefined when it does not open: damaged, no such blob at all, another user's or machine's, its key gone.
 * @throws WindowsError when the failure has nothing to do with the blob; an Error as above.
 */
export async function unprotect(
	sealed: Uint8Array,
): Promise<Uint8Array | undefined> {
	const result = dpapi().unprotect(sealed);
	if (typeof result !== "number") return result;
	if (!NOT_THE_BLOB.has(result)) return undefined;
	throw windowsError("decrypt for this user", "CryptUnprotectData", result);
}

/** Memory that Windows gave, as koffi names it. */
type Address = bigint | null;

interface DataBlob {
	cbData: number;
	pbData: Uint8Array | Address;
}

/** One of the two calls; both have the same arguments. */
type Transform = (bytes: Uint8Array) => Uint8Array | number;

interface Dpapi {
	readonly protect: Transform;
	readonly unprotect: Transform;
}

let binding: Dpapi | undefined;

/** Loaded at first use: most programs that import this library never come here. */
function dpapi(): Dpapi {
	binding ??= bindCalls("encrypted", bind);
	return binding;
}

function bind(koffi: Koffi): Dpapi {
	const crypt32 = koffi.load("crypt32.dll");
	const kernel32 = koffi.load("kernel32.dll");
	const copy = kernel32.func("__stdcall", "RtlMoveMemory", "void", [
		"void *",
		"void *",
		"size_t",
	]);
	const wipe = kernel32.func("__stdcall", "RtlZeroMemory", "void", [
		"void *",
		"size_t",
	]);
	const free = kernel32.func("__stdcall", "LocalFree", "void *", ["void *"]);
	const lastError = kernel32.func("__stdcall", "GetLastError", "uint32_t", []);
	// Without a name: names are koffi's for the whole process, and two copies of this library may share it.
	const blob = koffi.struct({ cbData: "uint32_t", pbData: "void *" });

	/** Windows' memory as bytes of ours, given back wiped. Copied, not viewed: Electron allows no views of it. */
	function take({ cbData, pbData }: DataBlob): Uint8Array {
		const bytes = new Uint8Array(cbData);
		copy(bytes, pbData, cbData);
		wipe(pbData, cbData);
		free(pbData);
		return bytes;
	}

	function transform(name: string): Transform {
		const call = crypt32.func("__stdcall", name, "bool", [
			koffi.pointer(blob), // from
			"void *", // description: none, and not wanted back
			"void *", // entropy: none
			"void *", // reserved
			"void *", // prompt: none
			"uint32_t", // flags
			koffi.out(koffi.pointer(blob)), // to
		]);
		return (bytes) => {
			const from: DataBlob = { cbData: bytes.length, pbData: bytes };
			const to: DataBlob = { cbData: 0, pbData: null };
			const flags = CRYPTPROTECT_UI_FORBIDDEN;
			return call(from, null, null, null, null, flags, to)
				? take(to)
				: lastError();
		};
	}

	return {
		protect: transform("CryptProtectData"),
		unprotect: transform("CryptUnprotectData"),
	};
}
