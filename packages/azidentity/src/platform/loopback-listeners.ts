import {
	createServer,
	type RequestListener,
	type Server,
	type ServerOptions,
} from "node:http";
import type { AddressInfo } from "node:net";
import { CredentialUnavailableError } from "../errors.ts";
import { codeOf } from "../foundation/redact.ts";

/** What listens on a port of this machine, under each of its own addresses. */
export interface Listeners {
	readonly port: number;
	/** Stops listening and cuts what is still connected. */
	close(): Promise<void>;
}

/** Browsers take either for `localhost`. No other machine reaches these. */
const ADDRESSES = ["127.0.0.1", "::1"];

/** A machine without IPv6 has no `::1`. */
const NO_SUCH_ADDRESS = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"]);

/** A port that is free under one address is nearly always free under the other. */
const MOST_TRIES = 10;

const SERVER_OPTIONS: ServerOptions = {
	// Browsers send along the cookies of everything else that was ever served from localhost.
	maxHeaderSize: 64 * 1_024,
	// A browser sends its form at once.
	headersTimeout: 15_000,
	requestTimeout: 15_000,
};

/**
 * Listens on the port, or on any free one.
 * @throws CredentialUnavailableError when the port cannot be had.
 */
export async function listen(
	credentialName: string,
	port: number | undefined,
	serve: RequestListener,
): Promise<Listeners> {
	for (let tries = 1; ; tries += 1) {
		try {
			return await listenOn(port ?? 0, serve);
		} catch (error) {
			const isTaken = codeOf(error) === "EADDRINUSE";
			if (port === undefined && isTaken && tries < MOST_TRIES) continue;
			throw cannotListen(credentialName, port, codeOf(error));
		}
	}
}

/** Both addresses, or neither: whoever else has one of them would get the browser, and with it the code. */
async function listenOn(
	port: number,
	serve: RequestListener,
): Promise<Listeners> {
	const servers: Server[] = [];
	const close = async () => {
		await Promise.all(servers.map(closed));
	};
	let chosen = port;
	let missing: unknown;
	try {
		for (const address of ADDRESSES) {
			const server = createServer(SERVER_OPTIONS, serve);
			try {
				chosen = await listening(server, chosen, address);
				servers.push(server);
			} catch (error) {
				if (!NO_SUCH_ADDRESS.has(codeOf(error) ?? "")) throw error;
				missing = error;
			}
		}
		if (servers.length === 0) throw missing;
	} catch (error) {
		await close();
		throw error;
	}
	return { port: chosen, close };
}

function listening(
	server: Server,
	port: number,
	host: string,
): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen({ port, host, exclusive: true }, () => {
			server.off("error", reject);
			resolve((server.address() as AddressInfo).port);
		});
	});
}

function closed(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		// Browsers open connections ahead of need; those never end by themselves.
		server.closeAllConnections();
	});
}

function cannotListen(
	credentialName: string,
	port: number | undefined,
	code: string | undefined,
): CredentialUnavailableError {
	if (port === undefined)
		return new CredentialUnavailableError(
			`${credentialName}: this program cannot listen on localhost (${code}), so a browser could bring no answer back. Sign in by DeviceCodeCredential, which needs no port.`,
		);
	const reason =
		code === "EADDRINUSE"
			? "is in use by another program or another sign-in"
			: `cannot be listened on (${code})`;
	return new CredentialUnavailableError(
		`${credentialName}: port ${port} of the option redirectUri ${reason}. Free it, or choose another port; "http://localhost" stands for any free one.`,
	);
}
