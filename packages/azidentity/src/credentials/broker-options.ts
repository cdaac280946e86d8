/** The option of a broker, which this package does not use: what programs that switch it off pass along. */
export interface BrokerAuthOptions {
	/** Only `{ enabled: false }` is accepted. */
	brokerOptions?: BrokerOptions;
}

/** Whether a broker signs people in. */
export type BrokerOptions = BrokerEnabledOptions | BrokerDisabledOptions;

/** No broker: the browser signs people in. */
export interface BrokerDisabledOptions {
	enabled: false;
	legacyEnableMsaPassthrough?: undefined;
	parentWindowHandle: undefined;
}

/** A broker: refused here. */
export interface BrokerEnabledOptions {
	enabled: true;
	/** Whether personal accounts are passed through. */
	legacyEnableMsaPassthrough?: boolean;
	/** The window that the broker's is shown in front of. */
	parentWindowHandle: Uint8Array;
	/** Whether the account of the system is tried first. */
	useDefaultBrokerAccount?: boolean;
}

/**
 * Refuses a broker.
 * @throws TypeError
 */
export function checkNoBroker(
	credentialName: string,
	brokerOptions: BrokerOptions | undefined,
): void {
	if (brokerOptions?.enabled !== true) return;
	throw new TypeError(
		`${credentialName}: the option brokerOptions.enabled is true, but this package uses no broker. Leave brokerOptions out to have people sign in with their browser.`,
	);
}
