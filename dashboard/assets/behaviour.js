/* Small behaviours of the frame: filters and search change the URL, which the one callback reads; language and type
   size are kept in cookies of this browser. Nothing here reads or writes figures. */
(function () {
  "use strict";
  var YEAR = 60 * 60 * 24 * 365;

  function cookie(name) {
    var found = document.cookie.match(new RegExp("(?:^|; )" + name + "=([^;]*)"));
    return found ? found[1] : "";
  }

  function remember(name, value) {
    document.cookie = name + "=" + value + "; path=/; max-age=" + YEAR + "; SameSite=Lax";
  }

  function go(path, query) {
    var text = query.toString();
    window.history.pushState({}, "", path + (text ? "?" + text : ""));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  function showSize() {
    document.documentElement.classList.toggle("large", cookie("large") === "1");
  }

  function post(action, token) {
    var form = document.createElement("form");
    var field = document.createElement("input");
    form.method = "post";
    form.action = action;
    field.type = "hidden";
    field.name = "csrf_token";
    field.value = token;
    form.appendChild(field);
    document.body.appendChild(form);
    form.submit();
  }

  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) {
      return navigator.clipboard.writeText(text);
    }
    var area = document.createElement("textarea");
    area.value = text;
    document.body.appendChild(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    return Promise.resolve();
  }

  document.addEventListener("change", function (event) {
    var box = event.target;
    if (!box.matches("select.filter")) { return; }
    var query = new URLSearchParams(window.location.search);
    (box.dataset.drops || "").split(" ").forEach(function (name) { query.delete(name); });
    if (box.value) { query.set(box.dataset.name, box.value); } else { query.delete(box.dataset.name); }
    go(window.location.pathname, query);
  });

  document.addEventListener("submit", function (event) {
    if (event.target.matches("form.filters, form.choices")) { event.preventDefault(); }
    if (!event.target.matches("form.search")) { return; }
    event.preventDefault();
    var query = new URLSearchParams(window.location.search);
    var kept = new URLSearchParams();
    ["year", "asof", "division", "fund", "known"].forEach(function (name) {
      if (query.get(name)) { kept.set(name, query.get(name)); }
    });
    kept.set("q", event.target.querySelector("input").value.trim());
    go("/search", kept);
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) { return; }
    if (button.id === "large-type") {
      remember("large", cookie("large") === "1" ? "0" : "1");
      showSize();
      fit();
      window.dispatchEvent(new Event("resize"));
    } else if (button.id === "language") {
      remember("language", button.dataset.language);
      window.location.reload();
    } else if (button.id === "log-out") {
      post("/logout", button.dataset.csrf);
    } else if (button.id === "copy-link") {
      event.preventDefault();
      copy(window.location.origin + button.dataset.link).then(function () {
        var said = button.textContent;
        button.textContent = button.dataset.done;
        window.setTimeout(function () { button.textContent = said; }, 1500);
      });
    }
  });

  /* The choice of files, which Dash has no field for; what is too large is said before it is sent. */
  function fileFields() {
    document.querySelectorAll(".file-place").forEach(function (place) {
      if (place.firstChild) { return; }
      var label = document.createElement("label");
      var said = document.createElement("span");
      var chosen = document.createElement("span");
      var box = document.createElement("input");
      said.textContent = place.dataset.label;
      said.className = "button";
      chosen.textContent = place.dataset.none;
      chosen.className = "quiet";
      box.type = "file";
      box.name = "file";
      box.multiple = true;
      box.required = true;
      box.addEventListener("change", function () {
        var size = Array.from(box.files).reduce(function (sum, one) { return sum + one.size; }, 0);
        box.setCustomValidity(size > Number(place.dataset.limit) ? place.dataset.tooLarge : "");
        box.reportValidity();
        chosen.textContent = Array.from(box.files, function (one) { return one.name; }).join(", ") || place.dataset.none;
      });
      label.append(box, said, chosen);
      place.appendChild(label);
    });
  }

  /* A deed is sent once: its button rests from then on (the server sees to it anyway). */
  document.addEventListener("submit", function (event) {
    if (!event.target.matches("form.deed")) { return; }
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "1";
    document.documentElement.classList.add("sending");
    waiting(1);
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { window.location.reload(); }
  });

  /* While figures are on their way the page says so (frame.css waits a moment before it shows). */
  var asked = 0;
  function waiting(more) {
    asked += more;
    document.documentElement.classList.toggle("waiting", asked > 0);
  }

  /* A session that has ended answers 401: go to the log-in and come back here. */
  var plainFetch = window.fetch;
  window.fetch = function (address) {
    var isPage = String(address.url || address).indexOf("_dash-update-component") >= 0;
    var sent = plainFetch.apply(this, arguments);
    if (isPage) {
      waiting(1);
      sent.finally(function () { waiting(-1); }).catch(function () {});
    }
    return sent.then(function (answer) {
      if (answer.status === 401) {
        window.location.href = "/login?next=" + encodeURIComponent(window.location.pathname + window.location.search);
        return new Promise(function () {});
      }
      return answer;
    });
  };

  /* A table that fits its place keeps its head in sight while the page scrolls; a wider one scrolls sideways. */
  function fit() {
    var top = document.querySelector(".top");
    var isFixed = top && window.getComputedStyle(top).position === "sticky";
    if (top) { document.documentElement.style.setProperty("--top", (isFixed ? top.offsetHeight : 0) + "px"); }
    document.querySelectorAll(".table-frame").forEach(function (frame) {
      var table = frame.querySelector("table");
      var fits = table !== null && table.offsetWidth <= frame.clientWidth + 1;
      if (frame.classList.contains("fits") !== fits) { frame.classList.toggle("fits", fits); }
    });
  }
  window.addEventListener("resize", fit);

  new MutationObserver(function () {
    fit();
    fileFields();
    var frame = document.querySelector(".frame");
    if (frame && frame.dataset.title) {
      var title = frame.dataset.title + " · 明账";
      if (document.title !== title) { document.title = title; }
      if (document.documentElement.lang !== frame.lang) { document.documentElement.lang = frame.lang; }
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  showSize();
})();
