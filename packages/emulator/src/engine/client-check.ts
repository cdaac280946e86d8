import type { ClientProof } from "../dialect/claims.ts";
import {
	missingParameter,
	proofMissing,
	publicWithSecret,
	unknownApp,
	unknownCertificate,
	wrongSecret,
} from "../dialect/refusals.ts";
import type { App, Tenant } from "../fixtures.ts";
import { checkAdfsAssertion } from "./adfs-assertion.ts";
import type { Form } from "./engine.ts";
import type { EngineParts } from "./engine-parts.ts";
import { checkFederated, isFederated } from "./federated-assertion.ts";
import { chainFault, presentedCertificate } from "./presented-certificate.ts";

/** A client that may go on to the library, with the form as the library is to see it. */
export interface CheckedClient {
	readonly app: App;
	readonly proof: ClientProof;
	readonly form: Form;
}

/**
 * Refuses the clients that the service refuses with a code of its own, before the library does with one text for many
 * cases. Whoever passes here is authenticated by the library again, which knows nothing of this.
 */
export async function checkClient(
	parts: EngineParts,
	tenant: Tenant,
	form: Form,
	adfsTokenEndpoint?: string,
): Promise<CheckedClient> {
	const { client_assertion: assertion, client_secret: secret } = form;
	const clientId = form.client_id ?? subjectOf(assertion);
	if (clientId === undefined) throw missingParameter("client_id");
	const app = parts.directory.app(clientId, tenant.id);
	if (app === undefined) throw unknownApp(clientId, tenant.name);
	// Two proofs at once, and a proof of no known type, are the library's to refuse.
	if (assertion !== undefined && secret !== undefined)
		return { app, proof: 0, form };

	if (app.isPublic === true) {
		if (assertion ?? secret) throw publicWithSecret();
		return { app, proof: 0, form };
	}
	if (assertion !== undefined)
		return checkAssertion(parts, app, assertion, form, adfsTokenEndpoint);
	if (!secret) throw proofMissing();
	if (!app.secrets?.includes(secret)) throw wrongSecret(clientId);
	return { app, proof: 1, form };
}

async function checkAssertion(
	parts: EngineParts,
	app: App,
	assertion: string,
	form: Form,
	adfsTokenEndpoint: string | undefined,
): Promise<CheckedClient> {
	const { clientId } = app;
	if (isFederated(assertion, clientId)) {
		await checkFederated(assertion, app, parts.now());
		return { app, proof: 2, form: provenForm(parts, app, form) };
	}
	const certificates = parts.directory.certificates(app);
	if (adfsTokenEndpoint !== undefined) {
		const [audience, now] = [adfsTokenEndpoint, parts.now()];
		const asked = { audience, certificates, clientId, now };
		await checkAdfsAssertion(assertion, asked);
		return { app, proof: 2, form: provenForm(parts, app, form) };
	}
	const presented = presentedCertificate(certificates, assertion);
	if (presented === undefined)
		throw unknownCertificate("the thumbprint names no certificate of the app");
	const fault = chainFault(presented, assertion);
	if (fault !== undefined) throw unknownCertificate(fault);
	return { app, proof: 2, form };
}

/** The form with a secret that is this process's own, and stands for the check of an assertion that was just made. */
function provenForm(parts: EngineParts, app: App, form: Form): Form {
	const {
		client_assertion: _assertion,
		client_assertion_type: _type,
		...rest
	} = form;
	const proven = { ...rest, client_secret: parts.internalSecret };
	return { ...proven, client_id: app.clientId };
}

/** RFC 7521 lets a client leave out its id beside an assertion about itself. */
function subjectOf(assertion: string | undefined): string | undefined {
	try {
		const payload = assertion?.split(".")[1] ?? "";
		const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
		return typeof claims.sub === "string" ? claims.sub : undefined;
	} catch {
		return undefined;
	}
}
