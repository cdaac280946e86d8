import type { App, User } from "../fixtures.ts";
import type { Knobs } from "../knobs.ts";
import { clientInfo, type Resource } from "./claims.ts";
import { answeredScope, type ScopeRequest } from "./scope.ts";

/** What a token request came to. */
export interface TokenOutcome {
	readonly app: Pick<App, "isFamily">;
	readonly user?: User | undefined;
	readonly scope: ScopeRequest;
	readonly resource: Resource;
	readonly accessToken: string;
	readonly refreshToken?: string | undefined;
	readonly idToken?: string | undefined;
	/** Whether the request asked for `client_info=1`. */
	readonly wantsClientInfo: boolean;
	readonly knobs: Knobs;
}

/** From this lifetime on, the service suggests to refresh half-way. */
const LONG_LIFETIME = 2 * 3_600_000;

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1_000);

/** The JSON body of a token answer. */
export function tokenAnswer(outcome: TokenOutcome) {
	const { user, app, knobs } = outcome;
	const lifetime = knobs.accessTokenLifetime;
	const refreshIn =
		knobs.refreshIn ?? (lifetime >= LONG_LIFETIME ? lifetime / 2 : undefined);
	return {
		token_type: "Bearer",
		...(user === undefined
			? {}
			: { scope: answeredScope(outcome.scope, outcome.resource.permissions) }),
		expires_in: seconds(lifetime),
		ext_expires_in: seconds(knobs.extendedAccessTokenLifetime ?? lifetime),
		...(refreshIn === undefined ? {} : { refresh_in: seconds(refreshIn) }),
		access_token: outcome.accessToken,
		...(outcome.refreshToken === undefined
			? {}
			: {
					refresh_token: outcome.refreshToken,
					...(app.isFamily === true ? { foci: "1" } : {}),
				}),
		...(outcome.idToken === undefined ? {} : { id_token: outcome.idToken }),
		...(user !== undefined && outcome.wantsClientInfo
			? { client_info: clientInfo(user) }
			: {}),
	};
}
