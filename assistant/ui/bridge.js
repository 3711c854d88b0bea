// What HTML alone cannot do: marks and cards lead to each other, copying, opening a document without losing the
// conversation. Listens on the page for data-goto, data-copy and data-open; builds no HTML, so nothing can be injected.

// Streamlit's own labels for screen readers, which cannot be configured.
const WORDS = {
  "Send message": "发送", "Sidebar": "侧栏", "Choose date": "选择日期", "Open": "展开", "Clear value": "清除",
  "Close": "关闭", "Collapse sidebar": "收起侧栏", "Expand sidebar": "打开侧栏", "Help for ": "说明：", "year, ": "年，", "month, ": "月，", "day, ": "日，",
  "file upload": "选择文件", "Add files": "再加文件", "Remove ": "移除 ",
};
const TEXTS = [
  [/^Upload$/, "选择文件，或拖到这里"],
  [/^File must be ([\d.]+)\s?MB or smaller\.?$/, "文件超过 $1 MB，请拆成几个文件"],
  [/^(\d+) options? available\.?$/, "有 $1 项可选"],
  [/^No (?:results|options to select)\.?$/, "没有找到"],
];
const FOREIGN = '.stFileUploader, [data-baseweb="popover"], [aria-live]';
const SKIP = "跳到正文";
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function goTo(id) {
  const target = document.getElementById(id);
  if (!target) return false;
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  const height = target.getBoundingClientRect().height;
  const block = height > innerHeight * 0.7 ? "start" : "center";
  target.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });
  const focusable = target.matches("details") ? target.querySelector("summary") : target;
  focusable.focus({ preventScroll: true });
  target.classList.remove("flash");
  void target.offsetWidth;
  target.classList.add("flash");
  setTimeout(() => target.classList.remove("flash"), 2000);
  return true;
}

// After a run of the page the element may not be there yet, and what stands above it may still change. So it is held in
// place for a moment, unless the reader scrolls. A new question belongs to the upper edge (start), its answer below.
function holdInView(id, start) {
  const until = performance.now() + 800;
  let seen = start;
  let free = false;
  const release = (event) => { free ||= event.isTrusted; };
  for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"]) {
    addEventListener(kind, release, { passive: true, signal: AbortSignal.timeout(900) });
  }
  const hold = () => {
    if (free || performance.now() > until) return;
    if (!seen) seen = goTo(id);
    const target = document.getElementById(id);
    const tall = target && target.getBoundingClientRect().height > innerHeight * 0.7;
    target?.scrollIntoView({ block: start || tall ? "start" : "center" });
    requestAnimationFrame(hold);
  };
  hold();
}

async function copy(button) {
  const text = button.dataset.copy;
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = copyByHand(text);
  }
  button.dataset.label ??= button.textContent;
  button.textContent = done ? "已复制" : "没能复制，请选中文字复制";
  setTimeout(() => { button.textContent = button.dataset.label; }, 1800);
}

// Plain http on a local network has no clipboard API.
function copyByHand(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.cssText = "position:fixed;opacity:0";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

function translate() {
  for (const element of document.querySelectorAll("[aria-label]")) {
    const label = element.getAttribute("aria-label");
    const known = Object.keys(WORDS).find((key) => label === key || (key.endsWith(" ") && label.startsWith(key)));
    if (known) element.setAttribute("aria-label", label.replace(known, WORDS[known]));
  }
  for (const place of document.querySelectorAll(FOREIGN)) {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const known = TEXTS.find(([foreign]) => foreign.test(walker.currentNode.data.trim()));
      if (known) walker.currentNode.data = walker.currentNode.data.trim().replace(...known);
    }
  }
  const skip = document.querySelector('[data-testid="stSkipToContent"]');
  if (skip && skip.textContent !== SKIP) skip.textContent = SKIP;
}

// On a phone the sidebar covers the page: out of the way once something has been chosen there.
function closeSidebarOnPhone(element) {
  const chosen = element.closest?.('.stSidebar [data-testid="stPageLink"], .stSidebar .stButton');
  if (!chosen || innerWidth > 768) return;
  setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click(), 150);
}

function openAllForPrint() {
  for (const element of document.querySelectorAll("details.card")) element.open = true;
}

export default function (component) {
  const { data, setTriggerValue } = component;
  document.documentElement.lang = "zh-CN";

  const onClick = (event) => {
    closeSidebarOnPhone(event.target);
    const element = event.target.closest?.("[data-goto],[data-copy],[data-open]");
    if (!element || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (element.dataset.copy !== undefined) {
      copy(element);
      return;
    }
    event.preventDefault();
    if (element.dataset.goto) goTo(element.dataset.goto);
    else {
      const { open, clause = "", back = "" } = element.dataset;
      setTriggerValue("open", { doc: open, clause, back });
    }
  };

  window.assistantBridge?.();
  const observer = new MutationObserver(translate);
  observer.observe(document.body, { childList: true, subtree: true });
  document.addEventListener("click", onClick);
  addEventListener("beforeprint", openAllForPrint);
  const stop = () => {
    observer.disconnect();
    document.removeEventListener("click", onClick);
    removeEventListener("beforeprint", openAllForPrint);
  };
  window.assistantBridge = stop;
  translate();

  if (data?.goto && window.assistantWent !== data.step) {
    window.assistantWent = data.step;
    holdInView(data.goto, data.start);
  }
  return stop;
}
