import type { BigIntStats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { codeOf, sanitisedCause } from "../foundation/redact.ts";
import {
	type CertificateFault,
	CertificateProblem,
} from "./certificate-problem.ts";

/** A certificate with its chain takes 10 kB. What is larger is another file, and no reason to fill the memory. */
export const LARGEST_CERTIFICATE_BYTES = 1024 * 1024;

/**
 * What changes whenever the file does, the place where it is included: a renewed certificate may be
 * written into the file, moved into its place, or linked to. Take it before the file is read, so that
 * what is written meanwhile is noticed the next time.
 * @throws CertificateProblem when there is no file that could be read.
 */
export async function certificateFileStamp(path: string): Promise<string> {
	const stats = await orProblem(path, stat(path, { bigint: true }));
	checkStats(stats);
	const { ctimeNs, dev, ino, mtimeNs, size } = stats;
	return [dev, ino, size, mtimeNs, ctimeNs].join(":");
}

/** @throws CertificateProblem */
export function readCertificateFile(path: string): Promise<Buffer> {
	return orProblem(path, readFile(path));
}

export function tooLarge(): CertificateProblem {
	return new CertificateProblem(
		"too_large",
		"is larger than 1 MiB, so it holds something else. Pass the file with the certificate and its private key.",
	);
}

/** Reading what is no file could wait for ever, or never end. */
function checkStats(stats: BigIntStats): void {
	if (!stats.isFile())
		throw new CertificateProblem(
			"not_a_file",
			`is ${stats.isDirectory() ? "a directory" : "no regular file"}. Pass the path of a file.`,
		);
	if (stats.size > LARGEST_CERTIFICATE_BYTES) throw tooLarge();
}

async function orProblem<T>(path: string, promise: Promise<T>): Promise<T> {
	try {
		return await promise;
	} catch (error) {
		const code = codeOf(error) ?? "unknown";
		const [fault, message] = SAID[code] ?? [
			"file_unreadable",
			`cannot be read (${code}).`,
		];
		// The system quotes the path, and whoever mixed up the arguments passed a key as one.
		throw new CertificateProblem(fault, message, sanitisedCause(error, [path]));
	}
}

const NOT_FOUND: [CertificateFault, string] = [
	"file_not_found",
	"does not exist. Check certificatePath; a relative path starts from the working directory of the process.",
];

/** What the system's codes mean here. */
const SAID: Readonly<Record<string, [CertificateFault, string]>> = {
	ENOENT: NOT_FOUND,
	ENOTDIR: NOT_FOUND,
	EACCES: [
		"file_unreadable",
		"may not be read by this process (EACCES). Give its user the right to read it.",
	],
};
