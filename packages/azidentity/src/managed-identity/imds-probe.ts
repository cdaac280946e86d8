import { CredentialUnavailableError } from "../errors.ts";
import { rememberedFlights } from "../foundation/remembered-flights.ts";
import { httpSender } from "../platform/http.ts";
import { NO_RETRIES } from "../platform/retry.ts";
import type { TokenRequest } from "../token.ts";
import type { Surroundings } from "./host.ts";

/** IMDS is next door and answers in a few milliseconds; where it is not, a chain must not be held up for longer. */
const BUDGET_MS = 1_000;

/** Resolves when something answers where IMDS would be; throws a CredentialUnavailableError when nothing does. */
export type Probe = (request: TokenRequest) => Promise<unknown>;

/**
 * Asks for a sign of life, once for all callers of the moment, and remembers only that there was one.
 * Without the header that IMDS insists on, the question cannot be taken for a request for a token.
 */
export function imdsProbe(
	{ credentialName, options }: Surroundings,
	endpoint: string,
): Probe {
	const send = httpSender(credentialName, options, {
		...options,
		isDirect: true,
	});
	const join = rememberedFlights<"alive">();

	async function ask(abortSignal: AbortSignal, timeout: number) {
		const { body, status } = await send({
			method: "GET",
			url: endpoint,
			headers: { Accept: "application/json" },
			abortSignal,
			timeout,
			retries: NO_RETRIES,
			advice: NO_IDENTITY,
		}).catch((cause: unknown) => {
			if (abortSignal.aborted) throw cause;
			throw new CredentialUnavailableError((cause as Error).message, { cause });
		});
		if (status !== 403 || !body.includes("unreachable"))
			return "alive" as const;
		throw new CredentialUnavailableError(
			`${credentialName}: IMDS cannot be reached from this container's network. ${NO_IDENTITY}`,
		);
	}

	return ({ abortSignal, timeout = BUDGET_MS }) => {
		const limit = timeout > 0 ? Math.min(timeout, BUDGET_MS) : BUDGET_MS;
		return join("probe", abortSignal, (stopped) => ask(stopped, limit));
	};
}

const NO_IDENTITY =
	"There is no managed identity where this program runs: use another credential.";
