// SPDX-License-Identifier: Apache-2.0
// The sentences of the app, which came with its page, in the language somebody chose.

/** A text in the two languages; at least one of them is given. */
export interface LocalText {
  zh: string | null;
  en: string | null;
}

export interface Language {
  name: string;
  tag: string;
  words: Record<string, string>;
}

export class Words {
  constructor(
    readonly languages: Readonly<Record<string, Language>>,
    public code: string,
  ) {
    if (!(code in languages)) this.code = Object.keys(languages)[0] ?? "";
  }

  get tag(): string {
    return this.languages[this.code]?.tag ?? "";
  }

  /** Return a sentence with its placeholders filled in; codes of the data centre are names as well. */
  say(name: string, params: Readonly<Record<string, string>> = {}): string {
    const text = this.languages[this.code]?.words[name.replace(/_/g, "-")];
    if (text === undefined) throw new Error(`no sentence ${name}`);
    return text.replace(/\{(\w+)\}/g, (mark, key: string) => params[key] ?? mark);
  }

  has(name: string): boolean {
    return this.languages[this.code]?.words[name.replace(/_/g, "-")] !== undefined;
  }

  /** Return a text of the data centre in this language, or in the other one. */
  pick(text: LocalText | null | undefined): string {
    if (!text) return "";
    return (this.code === "zh" ? (text.zh ?? text.en) : (text.en ?? text.zh)) ?? "";
  }

  /** Return day and time as people here write them. */
  moment(at: number): string {
    return new Intl.DateTimeFormat(this.tag, { dateStyle: "medium", timeStyle: "short" }).format(at);
  }
}
