import { timingSafeEqual } from "node:crypto";
import { Agent } from "node:https";
import { isIP } from "node:net";
import { connect } from "node:tls";

/** SHA-1 of a certificate, as its 20 bytes; undefined for a text that is none. Colons and blanks may stand between the digits. */
export function thumbprintOf(text: string): Buffer | undefined {
	const digits = text.replace(/[:\s]/g, "");
	return /^[0-9a-f]{40}$/i.test(digits)
		? Buffer.from(digits, "hex")
		: undefined;
}

interface Target {
	readonly host?: string;
	readonly port?: number | string;
}

type OnSocket = (error: Error | null, socket?: unknown) => void;

/**
 * Makes TLS connections to whoever has the certificate, and to nobody else. No authority vouches for it, so
 * this is all there is to tell the peer by: it is compared when the handshake is over and before the
 * HTTP layer has the socket, so that no byte of a request reaches another. No session is resumed, as one that is
 * shows no certificate.
 */
export function pinnedAgent(thumbprint: Buffer): Agent {
	const agent = new Agent({ keepAlive: false });
	const createConnection = ({ host, port }: Target, done: OnSocket) => {
		const name = host ?? "localhost";
		const socket = connect({
			host: name,
			port: Number(port ?? 443),
			servername: isIP(name) === 0 ? name : "",
			// It is self-signed; what it has to be is checked below.
			rejectUnauthorized: false,
			minVersion: "TLSv1.2",
		});
		// A peer that stops in the middle of the handshake is not waited for.
		socket.setTimeout(HANDSHAKE_MS, () => socket.destroy(stalled()));
		socket.once("error", done);
		socket.once("secureConnect", () => {
			socket.removeListener("error", done);
			socket.setTimeout(0);
			const shown = thumbprintOf(socket.getPeerCertificate().fingerprint ?? "");
			if (shown !== undefined && timingSafeEqual(shown, thumbprint))
				return done(null, socket);
			socket.destroy();
			done(wrongCertificate());
		});
	};
	return Object.assign(agent, { createConnection });
}

const HANDSHAKE_MS = 5_000;

function stalled(): Error {
	return Object.assign(new Error("the TLS handshake took too long"), {
		code: "ETIMEDOUT",
	});
}

function wrongCertificate(): Error {
	return Object.assign(
		new Error("the certificate is not the one that was expected"),
		{ code: "ERR_TLS_CERT_NOT_PINNED" },
	);
}
