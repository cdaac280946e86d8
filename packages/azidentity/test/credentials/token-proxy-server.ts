import { createServer, request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext, type TLSSocket } from "node:tls";
import type { Emulator } from "@azidentity/emulator";
import { type Issued, issued } from "../certificates/issued.ts";

/** The name under which the proxy is known, whatever its address. */
export const SNI_NAME = "proxy.cluster.test";

/** One request, as it reached the proxy. */
interface Proxied {
	readonly method: string;
	/** Path and query, as they came. */
	readonly url: string;
	/** The name that the client asked the TLS server for. */
	readonly servername: string | false | null;
	/** Which connection it came on. */
	readonly connection: TLSSocket;
}

function serverOf(host: string, issuer: Issued) {
	const { certificate: cert, key } = issued({ name: host, host, issuer });
	return { cert, key };
}

/**
 * What AKS runs in front of Microsoft Entra ID: a TLS server that only its own authority vouches for, and only
 * under {@link SNI_NAME}. It passes on what comes under `/base`, to the emulator.
 */
export async function tokenProxyServer(emulator: Emulator) {
	const seen: Proxied[] = [];
	const authority = () => issued({ name: "Cluster", isAuthority: true });
	const first = authority();
	const server = createServer(serverOf("somebody-else.test", first));
	const trustUnder = (issuer: Issued) => {
		const context = createSecureContext(serverOf(SNI_NAME, issuer));
		server.addContext(SNI_NAME, context);
		return issuer.certificate;
	};
	trustUnder(first);

	server.on("request", (request, response) => {
		const socket = request.socket as TLSSocket;
		const { method = "", url = "" } = request;
		seen.push({
			method,
			url,
			servername: socket.servername,
			connection: socket,
		});
		if (!url.startsWith("/base/")) {
			response
				.writeHead(404, { "content-type": "text/plain" })
				.end("no such place");
			return;
		}
		const target = new URL(url.replace(/^\/base/, ""), emulator.authorityHost);
		const { headers } = request;
		const options = {
			method,
			headers: { ...headers, host: target.host },
			ca: emulator.ca,
		};
		const onward = httpsRequest(target, options, (answer) => {
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(response);
		});
		request.pipe(onward);
	});
	await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
	const { port } = server.address() as AddressInfo;
	return {
		/** Its address: by number, so that nothing but the SNI name can match the certificate. */
		url: `https://127.0.0.1:${port}/base`,
		/** The authority that vouches for it at first, as PEM. */
		ca: first.certificate,
		seen,
		/** Has another authority vouch for it from now on; gives that authority's certificate. */
		replaceAuthority: () => trustUnder(authority()),
		/** Has the first one vouch for it again. */
		restoreAuthority: () => trustUnder(first),
		async close() {
			server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		},
	};
}
