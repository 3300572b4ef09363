// SPDX-License-Identifier: Apache-2.0
// The JSON interface as phones and kiosks use it: with the key of the device, a limit on waiting, and
// every failure as one of four kinds.

/** What became of a request that brought no answer to use. */
export class ApiError extends Error {
  constructor(
    /**
     * `offline`: no answer came, nobody knows what was done. `busy`: try again later. `unknown`: the
     * key is worth nothing (any more). `refused`: the server says no, for good.
     */
    readonly kind: "offline" | "busy" | "refused" | "unknown",
    readonly code: string,
    message: string,
    readonly status = 0,
    readonly waitSeconds = 0,
  ) {
    super(message);
  }
}

export interface Reply<T> {
  body: T;
  sentAt: number;
  answeredAt: number;
}

export interface Sending {
  method?: "DELETE" | "GET" | "POST";
  body?: unknown;
  file?: Blob;
  idempotencyKey?: string;
  /** Without the key: it may be worth nothing any more. */
  isAnonymous?: boolean;
  waitMs?: number;
}

const BASE = "/api/v1";
// A phone at the edge of its network; the queue tries again anyway.
const WAIT_MS = 15_000;

export class Api {
  constructor(
    private key: string | null,
    private language: string,
  ) {}

  /** Speak with this key from now on. */
  useKey(key: string | null): void {
    this.key = key;
  }

  /** Ask for sentences in this language from now on. */
  useLanguage(tag: string): void {
    this.language = tag;
  }

  /** Send one request; everything but a success is an `ApiError`. */
  async send<T>(path: string, sending: Sending = {}): Promise<Reply<T>> {
    const sentAt = Date.now();
    const response = await this.fetch(path, sending);
    const text = await readText(response);
    const answeredAt = Date.now();
    if (response.ok) return { body: (text === "" ? null : parse(text)) as T, sentAt, answeredAt };
    throw describe(response, text);
  }

  private async fetch(path: string, sending: Sending): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json", "accept-language": this.language };
    if (this.key !== null && sending.isAnonymous !== true) headers["authorization"] = `Bearer ${this.key}`;
    if (sending.idempotencyKey !== undefined) headers["idempotency-key"] = sending.idempotencyKey;
    let body: BodyInit | null = null;
    if (sending.file !== undefined) {
      body = sending.file;
      headers["content-type"] = "application/octet-stream";
    } else if (sending.body !== undefined) {
      body = JSON.stringify(sending.body);
      headers["content-type"] = "application/json";
    }
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), sending.waitMs ?? WAIT_MS);
    try {
      return await fetch(BASE + path, {
        method: sending.method ?? (body === null ? "GET" : "POST"),
        headers,
        body,
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        signal: stop.signal,
      });
    } catch {
      throw new ApiError("offline", "offline", "");
    } finally {
      clearTimeout(timer);
    }
  }
}

async function readText(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch {
    throw new ApiError("offline", "offline", "");
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A hotel's sign-in page, a proxy's apology: no answer of ours.
    throw new ApiError("offline", "no_answer_of_ours", "");
  }
}

interface ErrorBody {
  error?: { code?: string; message?: string };
}

function describe(response: Response, text: string): ApiError {
  let body: ErrorBody = {};
  try {
    body = JSON.parse(text) as ErrorBody;
  } catch {
    // Not ours, or broken off.
  }
  const { status } = response;
  const { code, message } = body.error ?? {};
  const wait = Number(response.headers.get("retry-after")) || 0;
  if (code === undefined || status >= 500) {
    return new ApiError("busy", code ?? "no_answer_of_ours", message ?? "", status, wait);
  }
  if (status === 429 || status === 408) return new ApiError("busy", code, message ?? "", status, wait);
  return new ApiError(status === 401 ? "unknown" : "refused", code, message ?? "", status);
}
