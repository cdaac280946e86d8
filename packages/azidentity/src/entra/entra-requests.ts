import { abortable, throwIfAborted } from "../foundation/abort.ts";
import { jsonObject } from "../foundation/json-object.ts";
import { secretsIn } from "../foundation/redact.ts";
import { VERSION } from "../foundation/version.ts";
import type { HttpAnswer } from "../platform/http.ts";
import { NO_RETRIES } from "../platform/retry.ts";
import type { Grant, TokenRequest } from "../token.ts";
import { logAccountIdentifiers } from "./account-identifiers.ts";
import type { ClientProof } from "./client-proof.ts";
import type { Endpoints } from "./endpoints.ts";
import type {
	ClientParts,
	Errand,
	PostSettings,
	TokenRequestDetails,
} from "./entra-client.ts";
import { grantKind } from "./grant-kinds.ts";
import { type Asked, refusal } from "./refusal.ts";
import { checkSpecificTenant, checkTenantId, isAdfs } from "./tenants.ts";
import { tokenForm } from "./token-form.ts";
import { parseTokenResponse } from "./token-response.ts";

// What a client does when it asks. It is loaded with the first request: a token that is remembered needs none of it.

/** Says who is asking, and that we wait when told to (see docs/decisions/retries.md). */
const HEADERS: Readonly<Record<string, string>> = {
	Accept: "application/json",
	"return-client-request-id": "true",
	"x-client-SKU": "azidentity",
	"x-client-Ver": VERSION,
	"x-client-OS": process.platform,
	"x-client-CPU": process.arch,
	"x-ms-lib-capability": "retry-after, h429",
};

/** What all requests have in common. */
const REQUEST = { headers: HEADERS, requestIdHeader: "client-request-id" };

/** See {@link EntraClient.requestToken}. */
export async function requestToken(
	parts: ClientParts,
	request: TokenRequest,
	parameters: Readonly<Record<string, string>>,
	proof: ClientProof | undefined,
	details: TokenRequestDetails = {},
): Promise<Grant> {
	const { authority, clientId, credentialName, logsAccounts } = parts;
	const { abortSignal, scopes, tenantId } = request;
	throwIfAborted(abortSignal);
	const { isRepeatable, isUserGrant } = grantKind(parameters.grant_type);
	const check = isUserGrant ? checkTenantId : checkSpecificTenant;
	check(credentialName, tenantId);
	const common = tokenForm(credentialName, clientId, request, isUserGrant);

	const { token: url } = await endpoints(parts, request);
	const asking = proof?.({
		tokenEndpoint: url,
		clientId,
		isAdfs: isAdfs(tenantId),
		abortSignal,
	});
	const shown = asking && (await abortable(asking, abortSignal));
	const form = { ...parameters, ...shown, ...common };
	const settings = { isRepeatable, headers: anchorHeader(details) };
	const question = asked(parts, url, request, form);
	const answer = await post(parts, question, form, request, settings);

	const { environment } = authority;
	const { homeAccountId, nonce } = details;
	const context = { clientId, tenantId, environment, homeAccountId, nonce };
	const grant = parseTokenResponse(question, answer, scopes, context);
	if (logsAccounts) logAccountIdentifiers(credentialName, grant.token.token);
	return grant;
}

export function endpoints(
	parts: ClientParts,
	errand: Errand,
): Promise<Endpoints> {
	const { authority, clientId, credentialName, send } = parts;
	const asking = { ...ofErrand(errand), credentialName, clientId, send };
	return authority.endpoints(errand.tenantId, asking);
}

/** Asks for a document; resolves whatever the status. */
export function get(
	parts: ClientParts,
	url: string,
	errand: Errand,
): Promise<HttpAnswer> {
	return parts.send({ ...ofErrand(errand), ...REQUEST, method: "GET", url });
}

/** Sends a form; resolves when the answer is a success, and no error sent with status 200. */
export async function postForm(
	parts: ClientParts,
	url: string,
	form: Readonly<Record<string, string>>,
	errand: Errand,
	settings: PostSettings = {},
): Promise<HttpAnswer> {
	const question = asked(parts, url, errand, form);
	const answer = await post(parts, question, form, errand, settings);
	if (typeof jsonObject(answer.body)?.error !== "string") return answer;
	throw refusal(question, answer);
}

async function post(
	parts: ClientParts,
	question: Asked,
	form: Readonly<Record<string, string>>,
	errand: Errand,
	settings: PostSettings,
): Promise<HttpAnswer> {
	const answer = await parts.send({
		...ofErrand(errand),
		method: "POST",
		url: question.url,
		form,
		...REQUEST,
		headers: { ...HEADERS, ...settings.headers },
		...(!settings.isRepeatable && { retries: NO_RETRIES }),
	});
	if (answer.status < 200 || answer.status > 299)
		throw refusal(question, answer);
	return answer;
}

function asked(
	{ clientId, credentialName }: ClientParts,
	url: string,
	{ tenantId }: Errand,
	form: Readonly<Record<string, string>>,
): Asked {
	const secrets = secretsIn(form);
	return { credentialName, clientId, tenantId, url, secrets };
}

/** What an errand says about the requests it needs, and nothing of the token it is for. */
function ofErrand({ abortSignal, timeout, tracingOptions }: Errand) {
	return { abortSignal, timeout, ...(tracingOptions && { tracingOptions }) };
}

/** Only what a header may hold: a user name can be in any script, and a line break would start another header. */
function anchorHeader({
	anchorMailbox,
}: TokenRequestDetails): Record<string, string> {
	if (anchorMailbox === undefined) return {};
	return { "X-AnchorMailbox": anchorMailbox.replace(/[^\x20-\x7e]/g, "") };
}
