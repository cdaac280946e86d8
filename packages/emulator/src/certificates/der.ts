import { isIPv4 } from "node:net";

/** One DER element: tag, length, content. */
export function element(tag: number, ...content: Uint8Array[]): Buffer {
	const body = Buffer.concat(content);
	return Buffer.concat([
		Buffer.from([tag, ...lengthOctets(body.length)]),
		body,
	]);
}

export function sequence(...content: Uint8Array[]): Buffer {
	return element(0x30, ...content);
}

/** A positive integer, given as its big-endian bytes. */
export function positiveInteger(bytes: Uint8Array): Buffer {
	const isNegative = ((bytes[0] ?? 0) & 0x80) !== 0;
	return element(2, Buffer.from(isNegative ? [0] : []), bytes);
}

export function octetString(bytes: Uint8Array): Buffer {
	return element(4, bytes);
}

export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
	return element(3, Buffer.from([unusedBits]), bytes);
}

export const TRUE = element(1, Buffer.from([0xff]));
export const NULL = element(5);

/** An object identifier from its dotted form. */
export function objectIdentifier(dotted: string): Buffer {
	const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
	const octets = [first * 40 + second];
	for (const arc of rest) octets.push(...base128(arc));
	return element(6, Buffer.from(octets));
}

/** A distinguished name of one common name. */
export function commonName(name: string): Buffer {
	const value = element(0x0c, Buffer.from(name));
	const attribute = sequence(objectIdentifier("2.5.4.3"), value);
	return sequence(element(0x31, attribute));
}

/** RFC 5280 §4.1.2.5: two-digit years through 2049, four digits from then on. */
export function time(at: Date): Buffer {
	const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/g, "");
	if (at.getUTCFullYear() >= 2050) return element(0x18, Buffer.from(digits));
	return element(0x17, Buffer.from(digits.slice(2)));
}

/** A host name or IP address as an entry of a subject alternative name. */
export function alternativeName(name: string): Buffer {
	if (name.includes(":")) return element(0x87, ipv6Bytes(name));
	if (isIPv4(name))
		return element(0x87, Buffer.from(name.split(".").map(Number)));
	return element(0x82, Buffer.from(name));
}

function lengthOctets(length: number): number[] {
	if (length < 0x80) return [length];
	if (length < 0x100) return [0x81, length];
	return [0x82, length >> 8, length & 0xff];
}

function base128(arc: number): number[] {
	const octets = [arc & 0x7f];
	for (let rest = arc >> 7; rest > 0; rest >>= 7)
		octets.unshift((rest & 0x7f) | 0x80);
	return octets;
}

function ipv6Bytes(address: string): Buffer {
	const [head = "", tail = ""] = address.split("::");
	const groups = (part: string) => (part === "" ? [] : part.split(":"));
	const zeros = 8 - groups(head).length - groups(tail).length;
	const all = [
		...groups(head),
		...Array<string>(zeros).fill("0"),
		...groups(tail),
	];
	return Buffer.concat(
		all.map((group) => Buffer.from(group.padStart(4, "0"), "hex")),
	);
}
