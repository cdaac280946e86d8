import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Emulator } from "@azidentity/emulator";
import { vaultDoor } from "./vault-door.ts";
import { vaultSecrets } from "./vault-secrets.ts";

/** One request, as the vault saw it. */
export interface VaultVisit {
	readonly method: string;
	readonly path: string;
	readonly status: number;
	/** The id of the token that came with it, once it is known to be a real one. */
	readonly tokenId?: string;
	/** Why it was turned away. */
	readonly challenge?: string;
}

/** A key vault of a tenant on this machine, over HTTPS, which keeps secrets as Azure's does. */
export async function startKeyVault(emulator: Emulator, tenantId: string) {
	const { publicKey } = new X509Certificate(emulator.ca);
	const secrets = vaultSecrets(publicKey.export({ format: "jwk" }));
	const judge = vaultDoor(emulator, tenantId);
	const visits: VaultVisit[] = [];
	const server = createServer({
		cert: readFileSync(emulator.certFile),
		key: readFileSync(emulator.keyFile),
	});

	async function serve(request: IncomingMessage, response: ServerResponse) {
		const { method = "", headers } = request;
		const url = new URL(request.url ?? "/", `https://${headers.host}`);
		const { challenge, claims } = await judge(headers.authorization).then(
			(judgement) => ({ challenge: undefined, ...judgement }),
		);
		const body = await text(request);
		const [status, answer] =
			challenge === undefined
				? secrets.answer({
						method,
						url,
						body: body === "" ? {} : JSON.parse(body),
					})
				: [401, { error: { code: "Unauthorized", message: "Sign in first." } }];
		visits.push({
			method,
			path: url.pathname,
			status,
			...(claims && { tokenId: String(claims.uti) }),
			...(challenge !== undefined && { challenge }),
		});
		response.writeHead(status, {
			"content-type": "application/json",
			...(challenge !== undefined && { "www-authenticate": challenge }),
		});
		response.end(answer && JSON.stringify(answer));
	}
	server.on("request", (request, response) => {
		serve(request, response).catch((error) => {
			response.writeHead(500).end(String(error));
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	return {
		url: `https://127.0.0.1:${port}`,
		port,
		/** Everything that it was asked so far, oldest first. */
		visits: visits as readonly VaultVisit[],
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}
