import {
	type ClientCertificateConfiguration,
	ClientCertificateCredential,
	type ClientCertificateCredentialOptions,
} from "azidentity";
import { afterEach } from "vitest";
import type { Issued } from "../certificates/issued.ts";
import type { emulatedEntra } from "./emulated-entra.ts";

/** An assertion as it was sent: what it says of itself, and what it claims. */
export interface SentAssertion {
	readonly text: string;
	readonly header: Record<string, unknown>;
	readonly claims: Record<string, unknown>;
}

const decoded = (part = "") =>
	JSON.parse(Buffer.from(part, "base64url").toString());

/** The daemon of the fixtures, signing in by certificates. */
export function certifiedDaemon(entra: ReturnType<typeof emulatedEntra>) {
	const sent: SentAssertion[] = [];
	afterEach(() => sent.splice(0));
	return {
		/** What was sent in the test so far. */
		sent,
		/** Has the daemon hold these certificates in the emulator's directory. */
		register(...certificates: Issued[]) {
			return entra.emulator.updateApp(entra.emulator.apps.daemon.clientId, {
				certificates: certificates.map(({ certificate }) => certificate),
			});
		},
		daemon(
			configuration: ClientCertificateConfiguration,
			options: ClientCertificateCredentialOptions = {},
		) {
			return new ClientCertificateCredential(
				entra.emulator.tenants.contoso.id,
				entra.emulator.apps.daemon.clientId,
				configuration,
				{
					...entra.options,
					additionalPolicies: [
						{
							position: "perRetry",
							policy: {
								name: "whatIsSent",
								sendRequest(request, next) {
									const form = new URLSearchParams(String(request.body ?? ""));
									const text = form.get("client_assertion");
									const [header, claims] = text?.split(".") ?? [];
									if (text !== null)
										sent.push({
											text,
											header: decoded(header),
											claims: decoded(claims),
										});
									return next(request);
								},
							},
						},
					],
					...options,
				},
			);
		},
	};
}
