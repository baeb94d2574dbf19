// Light or dark: what the system prefers, unless the person chose. Runs before the first paint.

(() => {
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  function apply() {
    document.documentElement.dataset.theme = chosen() ?? (prefersDark.matches ? "dark" : "light");
  }

  window.toggleTheme = () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    // Back to what the system prefers: then it is followed again.
    const system = prefersDark.matches ? "dark" : "light";
    try {
      if (next === system) localStorage.removeItem("theme");
      else localStorage.setItem("theme", next);
    } catch {
      // It holds until the page is loaded again.
    }
    document.documentElement.dataset.theme = next;
  };

  prefersDark.addEventListener("change", apply);
  addEventListener("storage", apply);
  apply();
})();
