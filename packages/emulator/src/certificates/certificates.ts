import {
	createHash,
	type JsonWebKey,
	randomUUID,
	X509Certificate,
} from "node:crypto";
import {
	linkSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import {
	coversHosts,
	type KeptCertificates,
	makeCertificates,
} from "./make-certificates.ts";

/** What the emulator shows its clients, and what it signs with. Every private file is readable by its owner only. */
export interface Certificates {
	/** The file of the authority that clients are told to trust, and its PEM. */
	readonly caFile: string;
	readonly ca: string;
	/** The server's certificate with its chain, and its key: files and PEM. Other local servers may use them too. */
	readonly certFile: string;
	readonly keyFile: string;
	readonly cert: string;
	readonly key: string;
	/** A certificate for a client to prove itself with: one PEM of key and certificate. */
	readonly appCertificate: {
		readonly file: string;
		readonly pem: string;
		/** SHA-1 and SHA-256 of the certificate, base64url. */
		readonly x5t: string;
		readonly x5t256: string;
		/** The public key. */
		readonly jwk: JsonWebKey;
	};
	/** The private key that signs tokens. */
	readonly signingKey: JsonWebKey & {
		readonly kid: string;
		readonly use: "sig";
		readonly alg: "RS256";
	};
}

const DAY_MS = 24 * 60 * 60_000;

/** Remade this long before the end, so that an emulator started today does not expire within a week's test run. */
const RENEWAL_MS = 7 * DAY_MS;

/** Private documents are numbered; the highest number counts. */
const KEPT_FILE = /^certificates-(\d{1,9})\.json$/;

const OWNER_ONLY = 0o600;
const EVERYBODY_READS = 0o644;

/**
 * The certificates kept in `directory`, made when there are none, or when they are unreadable or about to expire.
 * The authority's own key is never kept: nobody can have it sign anything else.
 *
 * Any number of processes may call this at once on one directory and all get the same certificates.
 * Generating keys takes up to a second, once.
 */
export function loadCertificates(
	directory: string,
	now: () => number = Date.now,
): Certificates {
	mkdirSync(directory, { recursive: true, mode: 0o700 });
	return publish(directory, loadKept(directory, now));
}

function loadKept(directory: string, now: () => number): KeptCertificates {
	let made: KeptCertificates | undefined;
	for (;;) {
		const generation = newestGeneration(directory);
		const kept = readKept(keptFile(directory, generation), now());
		if (kept !== undefined) return kept;
		made ??= makeCertificates(now());
		if (keep(directory, generation + 1, made)) return made;
		// Another process was first: its document is complete, and the next turn reads it.
	}
}

function newestGeneration(directory: string): number {
	const numbers = readdirSync(directory).map((name) =>
		Number(KEPT_FILE.exec(name)?.[1] ?? 0),
	);
	return Math.max(0, ...numbers);
}

function keptFile(directory: string, generation: number): string {
	return path.join(directory, `certificates-${generation}.json`);
}

/** The document when it is whole and lasts, else `undefined`: anything wrong with it has the same cure. */
function readKept(file: string, at: number): KeptCertificates | undefined {
	try {
		const kept = JSON.parse(readFileSync(file, "utf8")) as KeptCertificates;
		const lasts = [kept.ca, kept.cert, certificateOf(kept.app)].every(
			(pem) => Date.parse(new X509Certificate(pem).validTo) > at + RENEWAL_MS,
		);
		const isWhole = kept.key !== "" && kept.signingKey.kty === "RSA";
		const covers = coversHosts(new X509Certificate(kept.cert));
		return lasts && isWhole && covers ? kept : undefined;
	} catch {
		return undefined;
	}
}

/** Keeps the document under its number, unless the number is taken. A link appears whole or not at all. */
function keep(
	directory: string,
	generation: number,
	made: KeptCertificates,
): boolean {
	const draft = path.join(directory, `.${randomUUID()}`);
	writeFileSync(draft, JSON.stringify(made), { flag: "wx", mode: OWNER_ONLY });
	try {
		linkSync(draft, keptFile(directory, generation));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw new Error(
			`The emulator could not keep its certificates in ${directory}, which must be on a file system with hard links. Choose another directory.`,
			{ cause: error },
		);
	} finally {
		rmSync(draft, { force: true });
	}
	rmSync(keptFile(directory, generation - 1), { force: true });
	return true;
}

/** Writes the PEM files that clients and servers are pointed at, where they are missing or not what they should be. */
function publish(directory: string, kept: KeptCertificates): Certificates {
	const file = (name: string, text: string, mode = OWNER_ONLY): string => {
		const target = path.join(directory, name);
		if (textOf(target) === text) return target;
		const draft = path.join(directory, `.${randomUUID()}`);
		writeFileSync(draft, text, { flag: "wx", mode });
		renameSync(draft, target);
		return target;
	};
	return {
		caFile: file("ca.pem", kept.ca, EVERYBODY_READS),
		ca: kept.ca,
		certFile: file("server.pem", kept.cert, EVERYBODY_READS),
		keyFile: file("server.key", kept.key),
		cert: kept.cert,
		key: kept.key,
		appCertificate: {
			file: file("app.pem", kept.app),
			pem: kept.app,
			...thumbprints(certificateOf(kept.app)),
		},
		signingKey: {
			...kept.signingKey,
			kid: keyId(kept.signingKey),
			use: "sig",
			alg: "RS256",
		},
	};
}

function textOf(file: string): string | undefined {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return undefined; // missing or unreadable: it is written again
	}
}

function thumbprints(pem: string) {
	const certificate = new X509Certificate(pem);
	const hash = (name: string) =>
		createHash(name).update(certificate.raw).digest("base64url");
	return {
		x5t: hash("sha1"),
		x5t256: hash("sha256"),
		jwk: certificate.publicKey.export({ format: "jwk" }),
	};
}

function certificateOf(pem: string): string {
	return pem.slice(pem.indexOf("-----BEGIN CERTIFICATE"));
}

/** 27 characters, as Entra's own key ids; the same for the same key. */
function keyId(key: JsonWebKey): string {
	return createHash("sha1").update(`${key.n}`).digest("base64url");
}
