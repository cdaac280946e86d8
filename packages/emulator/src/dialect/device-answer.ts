/** What the engine made of a device code request; `expiresIn` in seconds, `interval` in milliseconds. */
export interface DeviceCode {
	readonly userCode: string;
	readonly deviceCode: string;
	readonly expiresIn: number;
	readonly interval: number;
	/** The authority where the person is sent. */
	readonly authority: string;
}

/** The JSON body of a device code answer. */
export function deviceAnswer(code: DeviceCode) {
	const verificationUri = `${code.authority}/devicelogin`;
	return {
		user_code: code.userCode,
		device_code: code.deviceCode,
		verification_uri: verificationUri,
		expires_in: code.expiresIn,
		// Without an interval some clients poll in a busy loop.
		interval: Math.ceil(code.interval / 1_000),
		message: `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${code.userCode} to authenticate.`,
	};
}
