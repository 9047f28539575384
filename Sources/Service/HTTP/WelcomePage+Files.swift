// What the page's look and its forms need; a browser takes neither from anywhere else.
extension WelcomePage {
    static let style = """
        :root { color-scheme: light dark; --line: #8886; --mark: #0a6; }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
        h1 { margin: 0; font-size: 1.6rem; }
        h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; overflow-wrap: anywhere; }
        header a { margin-right: 1rem; }
        details { border-top: 1px solid var(--line); padding: .4rem 0; }
        summary { cursor: pointer; overflow-wrap: anywhere; }
        summary span { opacity: .75; }
        section p { white-space: pre-line; overflow-wrap: anywhere; }
        textarea { display: block; width: 100%; margin: .3rem 0; font: .9rem/1.4 ui-monospace, monospace; }
        button { padding: .3rem 1.2rem; font: inherit; }
        pre { overflow: auto; max-height: 24rem; padding: .6rem; background: #8881; }
        pre { border-left: 3px solid var(--mark); }
        pre.failed { border-color: #d33; }

        """

    static let script = """
        "use strict";
        document.addEventListener("submit", async (event) => {
          event.preventDefault();
          const form = event.target;
          const said = form.querySelector("output");
          const shown = form.querySelector("pre");
          const began = performance.now();
          said.textContent = "…";
          try {
            const answer = await fetch("/" + form.dataset.path, {
              method: "POST",
              headers: { "content-type": "application/json", "accept-language": navigator.language },
              body: form.querySelector("textarea").value,
            });
            const text = await answer.text();
            said.textContent = answer.status + ", " + Math.round(performance.now() - began) + " ms";
            shown.classList.toggle("failed", !answer.ok);
            // Numbers of 64 bits are strings, so that this loses nothing.
            shown.textContent = JSON.stringify(JSON.parse(text), null, 2);
          } catch (problem) {
            said.textContent = "no answer: " + problem.message;
          }
          shown.hidden = false;
        });

        """
}
