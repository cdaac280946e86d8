import koffi from "koffi";

/** How another program may have called CryptProtectData. */
export interface How {
	flags?: number;
	description?: string;
	entropy?: string;
}

/** Encrypts a text for the current user the way another program would; a binding of its own, so that it cannot share our mistakes. */
export function protectAs(text: string, how: How): Uint8Array {
	const blob = koffi.struct({ size: "uint32_t", data: "uint8_t *" });
	const call = koffi
		.load("crypt32.dll")
		.func("CryptProtectData", "int", [
			koffi.pointer(blob),
			"str16",
			koffi.pointer(blob),
			"void *",
			"void *",
			"uint32_t",
			koffi.out(koffi.pointer(blob)),
		]);
	const bytes = (value: string) => {
		const data = Buffer.from(value);
		return { size: data.length, data };
	};
	const { flags = 0, description = null, entropy } = how;
	const made = { size: 0, data: null };
	const secret = entropy === undefined ? null : bytes(entropy);
	if (!call(bytes(text), description, secret, null, null, flags, made))
		throw new Error("CryptProtectData failed");
	return Uint8Array.from(
		koffi.decode(made.data, "uint8_t", made.size) as number[],
	);
}
