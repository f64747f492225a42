-- SPDX-License-Identifier: MIT
-- How the page looks: light and dark, narrow and wide, on paper.

local LIGHT = [[
--page:#f4f5f7;--card:#ffffff;--edge:#d5d9df;--text:#1a1f26;--quiet:#545d69;--track:#e3e6ea;
--critical:#a8201a;--critical-back:#fde7e5;--attention:#7d4700;--attention-back:#fdf0d9;--ok:#14602f;--ok-back:#e0f4e6;
--line:#2b5fb3;--fill:#2b5fb322;]]

local DARK = [[
--page:#10141a;--card:#191f27;--edge:#323b47;--text:#e7eaef;--quiet:#a3adba;--track:#323b47;
--critical:#ffb1aa;--critical-back:#5a1a16;--attention:#ffd48a;--attention-back:#4a3300;--ok:#97e3b0;--ok-back:#133b22;
--line:#86b2f5;--fill:#86b2f533;]]

local RULES = [[
*{box-sizing:border-box}
body{margin:0 auto;max-width:90rem;padding:1.25rem clamp(.75rem,3vw,2rem) 2rem;background:var(--page);color:var(--text);
font:1rem/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
h1{margin:0;font-size:1.6rem;line-height:1.2}
h2{margin:2rem 0 .75rem;font-size:1.15rem}
h2 span{color:var(--quiet);font-weight:400}
h3{margin:0;font-size:1.05rem;line-height:1.3;overflow-wrap:anywhere}
p{margin:.25rem 0}
.quiet,figcaption,dt,footer{color:var(--quiet)}
.sums{display:grid;grid-template-columns:repeat(auto-fill,minmax(7rem,1fr));gap:.6rem;
margin:1.1rem 0 0;padding:0;list-style:none}
.sums li{padding:.55rem .75rem;border:1px solid var(--edge);border-radius:.6rem;background:var(--card)}
.sums b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
.sums a{color:inherit;text-decoration:none}
.sums a:hover span,.sums a:focus span{text-decoration:underline}
.sums .critical b{color:var(--critical)}.sums .attention b{color:var(--attention)}.sums .ok b{color:var(--ok)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:.9rem}
article{padding:.9rem 1rem 1rem;border:1px solid var(--edge);border-left:.3rem solid var(--edge);border-radius:.6rem;
background:var(--card);content-visibility:auto;contain-intrinsic-size:auto 14rem}
article.critical{border-left-color:var(--critical)}article.attention{border-left-color:var(--attention)}
article.ok{border-left-color:var(--ok)}
article header{display:flex;gap:.75rem;justify-content:space-between;align-items:flex-start}
.badge{flex:none;padding:.1rem .6rem;border-radius:1rem;font-size:.8rem;font-weight:600;white-space:nowrap}
.badge.critical{color:var(--critical);background:var(--critical-back)}
.badge.attention{color:var(--attention);background:var(--attention-back)}
.badge.ok{color:var(--ok);background:var(--ok-back)}
.why{margin:.6rem 0 0;padding:0;list-style:none}
.why li{margin-top:.3rem;padding:.35rem .6rem;border-radius:.4rem;font-size:.92rem;overflow-wrap:anywhere}
.why .critical{color:var(--critical);background:var(--critical-back)}
.why .attention{color:var(--attention);background:var(--attention-back)}
.why small{display:block}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(7.5rem,1fr));gap:.5rem .9rem;margin:.8rem 0 0}
dl .wide{grid-column:1/-1}
dt{font-size:.78rem}dd{margin:0;overflow-wrap:anywhere}
.meter{display:block;width:5.5rem;height:.4rem;margin-top:.2rem}
figure{margin:.9rem 0 0}figcaption{font-size:.78rem}
figure svg{display:block;width:100%;max-width:34rem;height:auto;margin-top:.25rem}
svg text{font:22px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:var(--text)}
svg .quiet{fill:var(--quiet)}svg text.critical{fill:var(--critical)}svg text.attention{fill:var(--attention)}
.track{fill:var(--track)}.limit{stroke:var(--quiet);stroke-width:2;stroke-dasharray:6 6}
.now{stroke:var(--text);stroke-width:2}
.curve{fill:none;stroke:var(--line);stroke-width:4;stroke-linejoin:round;stroke-linecap:round}
.under{fill:var(--fill)}.dot{fill:var(--line)}
.bar{fill:var(--line)}.bar.upcoming{fill:var(--fill);stroke:var(--line);stroke-width:2}
.bar.other{fill:var(--track);stroke:var(--quiet);stroke-width:2}
.bar.failing{fill:var(--critical-back);stroke:var(--critical);stroke-width:3;stroke-dasharray:9 5}
.bar.stuck{fill:var(--attention-back);stroke:var(--attention);stroke-width:3;stroke-dasharray:9 5}
.level.ok{fill:var(--ok)}.level.attention{fill:var(--attention)}.level.critical{fill:var(--critical)}
footer{margin-top:2rem;font-size:.85rem}
@media (max-width:30rem){.sums{grid-template-columns:repeat(3,minmax(0,1fr));gap:.4rem}.sums li{padding:.45rem .55rem}
.sums span{font-size:.85rem}.sums b{font-size:1.3rem}}
@media print{html{font-size:75%}body{padding:0;max-width:none;background:none}
.cards{grid-template-columns:repeat(2,1fr)}article{break-inside:avoid;content-visibility:visible}
h2{break-after:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}]]

return {
  light = LIGHT, dark = DARK,
  -- Paper is light, whatever the screen is.
  sheet = ":root{color-scheme:light dark;" .. LIGHT .. "}\n@media screen and (prefers-color-scheme:dark){:root{"
    .. DARK .. "}}\n" .. RULES,
}
