import type forge from "node-forge";
import { CertificateProblem } from "./certificate-problem.ts";

/** One element of a DER or BER document: what it is, and what is in it. */
export interface Der {
	/** The element inside at this place. Throws when there is none: then the document is not what it should be. */
	at(index: number): Der;
	/** The elements inside. */
	all(): readonly Der[];
	/** The bytes of a text of octets, which BER may have cut into pieces. */
	octets(): Buffer;
	/** An object identifier, in dotted form. */
	oid(): string;
	/** A whole number, such as a count of rounds. */
	integer(): number;
	/** The element as a document of its own. */
	encoded(): Buffer;
	/** What forge knows it as. */
	readonly node: forge.asn1.Asn1;
}

/** What is used of node-forge, wanted for PKCS#12 alone. */
export interface Forge extends Pick<typeof forge, "asn1" | "md" | "util"> {
	readonly pki: { readonly pbe: PasswordSchemes };
}

/** The types leave this part of node-forge out. */
interface PasswordSchemes {
	readonly getCipher: (
		oid: string,
		parameters: forge.asn1.Asn1,
		password: string | null,
	) => ReturnType<typeof forge.cipher.createDecipher>;
	readonly generatePkcs12Key: typeof forge.pkcs12.generateKey;
}

/** Octets as forge has them: one character each. */
export const binary = (bytes: Uint8Array): string =>
	Buffer.from(bytes).toString("latin1");
export const bytesOf = (text: string): Buffer => Buffer.from(text, "latin1");

/**
 * Reads a document. What follows its end is ignored: files get line breaks appended.
 * @throws CertificateProblem
 */
export function readDer(forge: Forge, bytes: Uint8Array): Der {
	const options = { strict: true, parseAllBytes: false };
	try {
		// The types know only one of the options of this function.
		const fromDer = forge.asn1.fromDer as unknown as (
			bytes: string,
			settings: typeof options,
		) => forge.asn1.Asn1;
		return element(forge, fromDer(binary(bytes), options));
	} catch {
		throw damaged();
	}
}

export function damaged(): CertificateProblem {
	return new CertificateProblem(
		"damaged",
		"holds PKCS#12 that cannot be read: it is cut off or damaged. Export it again.",
	);
}

function element(forge: Forge, node: forge.asn1.Asn1): Der {
	const inside = () => {
		if (!Array.isArray(node.value)) throw damaged();
		return node.value;
	};
	const octets = (of: forge.asn1.Asn1): string =>
		typeof of.value === "string" ? of.value : of.value.map(octets).join("");
	const text = () => {
		if (typeof node.value !== "string") throw damaged();
		return node.value;
	};
	return {
		node,
		at(index) {
			const found = inside()[index];
			if (found === undefined) throw damaged();
			return element(forge, found);
		},
		all: () => inside().map((each) => element(forge, each)),
		octets: () => bytesOf(octets(node)),
		oid: () => forge.asn1.derToOid(text()),
		integer: () => Number.parseInt(bytesOf(text()).toString("hex"), 16),
		encoded: () => bytesOf(forge.asn1.toDer(node).getBytes()),
	};
}
