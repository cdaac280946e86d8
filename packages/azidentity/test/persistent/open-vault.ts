import type { Vault } from "../../src/stores/persistent/vault.ts";

const SEALED = Buffer.from("sealed:");

/** A vault that keeps its documents readable, and counts how often it was asked. */
export function openVault() {
	const vault = {
		opened: 0,
		async check() {},
		seal: async (text: string) => Buffer.concat([SEALED, Buffer.from(text)]),
		async open(bytes: Uint8Array) {
			vault.opened += 1;
			const [head, body] = [bytes.subarray(0, 7), bytes.subarray(7)];
			return SEALED.equals(head) ? Buffer.from(body).toString() : undefined;
		},
	};
	return vault satisfies Vault;
}
