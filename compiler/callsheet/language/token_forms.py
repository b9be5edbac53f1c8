"""The forms of vendors' tokens that detect-secrets does not know, as vendors and scanners publish them.

Each begins with letters of its own, and is as long as no word is. What is public by its vendor is not here,
such as Stripe's `pk_live_`, Square's `sq0idp-` and Google's ids of clients.
"""

from __future__ import annotations

from callsheet.patterns import late

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
FORMS = {
    "1Password": r"ops_eyJ[A-Za-z0-9+/]{100,2000}={0,3}",
    "Adobe": r"p8e-[A-Za-z0-9_-]{32}",
    "Airtable": r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
    "Alibaba": r"LTAI(?=[A-Za-z]{0,20}[0-9])[A-Za-z0-9]{20}",
    "Anthropic": r"sk-ant-[a-z]{3,8}[0-9]{2}-[A-Za-z0-9_-]{20,400}",
    "Atlassian": r"AT[AC]TT3[A-Za-z0-9_=-]{40,400}",
    "Azure": r"[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
    "Bitbucket": r"ATBB[A-Za-z0-9]{32}",
    "Brevo": r"x(?:keysib|smtpsib)-[0-9a-f]{64}-[A-Za-z0-9]{16}",
    "Braintree": r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}",
    "Contentful": r"CFPAT-[A-Za-z0-9_-]{43}",
    "Databricks": r"dapi[0-9a-f]{32}(?:-[0-9])?",
    "DigitalOcean": r"do[opr]_v1_[0-9a-f]{64}",
    "Firebase": r"AAAA[A-Za-z0-9_-]{7}:[A-Za-z0-9_-]{140}",
    "Doppler": r"dp\.(?:pt|st|ct|sa)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}",
    "Duffel": r"duffel_(?:test|live)_[A-Za-z0-9_=-]{43}",
    "Dynatrace": r"dt0[a-z][0-9]{2}\.[A-Z0-9]{8,24}\.[A-Z0-9]{64}",
    "EasyPost": r"EZ[AT]K[A-Za-z0-9]{54}",
    "Figma": r"figd_[A-Za-z0-9_-]{40,200}",
    "Flutterwave": r"FLWSECK(?:_TEST)?-[0-9a-h]{12,32}(?:-X)?",
    "Fly.io": r"(?:fo1_[A-Za-z0-9_-]{43}|fm[12][ar]?_[A-Za-z0-9+/]{100,2000}={0,3})",
    "Frame.io": r"fio-u-[A-Za-z0-9_=-]{64}",
    "GitHub": r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
    "GitLab": r"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-"
    r"(?=[\w.-]{0,60}[0-9])[0-9A-Za-z_.-]{20,400}",
    "Google": r"(?:ya29\.[A-Za-z0-9_-]{20,2000}|GOCSPX-[A-Za-z0-9_-]{28})",
    "Grafana": r"gl(?:sa_[A-Za-z0-9]{32}_[0-9A-Fa-f]{8}|c_eyJ[A-Za-z0-9+/]{20,400}={0,2})",
    "HashiCorp": r"hv[bs]\.[A-Za-z0-9_-]{24,400}",
    "HCP Terraform": r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}",
    "Heroku": r"HRKU-AA[A-Za-z0-9_-]{58}",
    "HubSpot": rf"pat-(?:na|eu|ap)[0-9]-{_UUID}",
    "Hugging Face": r"hf_[A-Za-z0-9]{30,40}",
    "Klaviyo": r"pk_[0-9a-f]{34}",
    "Linear": r"lin_(?:api|oauth)_[A-Za-z0-9]{32,100}",
    "Mailgun": r"key-(?=[a-z]{0,31}[0-9])[0-9a-z]{32}",
    "MailerSend": r"mlsn\.[0-9a-f]{64}",
    "MaxMind": r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk",
    "Meta": r"(?:EAA(?=[A-Za-z0-9]{0,60}[0-9])[A-Za-z0-9]{60,400}|[0-9]{15,16}\|[A-Za-z0-9_-]{27,40})",
    "New Relic": r"(?:NRAK-[A-Z0-9]{27}|NRII-[A-Za-z0-9_-]{32})",
    "Notion": r"(?:ntn_[0-9]{11}[A-Za-z0-9]{35}|secret_[A-Za-z0-9]{43})",
    "npm": r"npm_[A-Za-z0-9]{36}",
    "OneSignal": r"os_v2_(?:app|org)_[a-z2-7]{52,110}",
    "OpenAI": r"sk-(?:proj|svcacct|admin)-(?=[\w-]{0,60}[0-9])[A-Za-z0-9_-]{20,400}",
    "OpenShift": r"sha256~[A-Za-z0-9_-]{43}",
    "Perplexity": r"pplx-[A-Za-z0-9]{48}",
    "Plaid": rf"access-(?:sandbox|development|production)-{_UUID}",
    "PlanetScale": r"pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_=.-]{32,64}",
    "Postman": r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
    "Prefect": r"pn[ub]_[A-Za-z0-9]{36}",
    "Pulumi": r"pul-[0-9a-f]{40}",
    "PyPI": r"pypi-AgE[A-Za-z0-9_-]{60,400}",
    "ReadMe": r"rdme_[a-z0-9]{70}",
    "Resend": r"re_(?=[A-Za-z]{0,9}[0-9])[A-Za-z0-9]{8,10}_[A-Za-z0-9]{20,30}",
    "RubyGems": r"rubygems_[0-9a-f]{48}",
    "Sentry": r"sntry[su]_[A-Za-z0-9+/_=-]{40,400}",
    "Settlemint": r"sm_[aps]at_(?=[A-Za-z]{0,16}[0-9])[A-Za-z0-9]{16}",
    "Shippo": r"shippo_(?:live|test)_[0-9a-fA-F]{40}",
    "Shopify": r"shp(?:at|ca|pa|ss|tka)_[0-9A-Fa-f]{32}",
    "Slack": r"(?:xoxe(?:\.xox[bp])?-[0-9]-[A-Za-z0-9]{40,400}"
    r"|xapp-[0-9]-[A-Z0-9]{6,20}-[0-9]{6,20}-[a-z0-9]{20,100})",
    "Sourcegraph": r"sgp_(?:(?:[0-9a-fA-F]{16}|local)_)?[0-9a-fA-F]{40}",
    "Square": r"(?:sq0(?:atp|csp)-[0-9A-Za-z_-]{22,60}|EAAA[A-Za-z0-9_-]{60})",
    "Stripe": r"(?:[rs]k_(?:live|test|prod)_[0-9A-Za-z]{20,200}|whsec_[A-Za-z0-9+/]{32,100}={0,2})",
    "Supabase": r"sb(?:p_[0-9a-f]{40}|_secret_[A-Za-z0-9_-]{20,60})",
    "Typeform": r"tfp_[A-Za-z0-9_.=-]{40,100}",
}  # fmt: skip
"""By vendor. Bounds are far above what a vendor gives out, so that a text is searched in linear time."""

BEGINNINGS = (
    r"(?:AT[AC]TT3|ATBB|xkeysib-|xsmtpsib-|CFPAT-|dapi|do[opr]_v1_|figd_|p8e-|os_v2_|github_pat_|gl[a-z]{2,5}-|ya29\.|GOCSPX-"
    r"|glsa_|glc_|hv[bs]\.|pat-|pat[A-Za-z0-9]{14}\.|hf_|pk_|lin_|key-|mlsn\.|EAA|NRAK-|ntn_|secret_|npm_|PMAK-|pypi-|re_"
    r"|sntry[su]_|shp[a-z]{2,3}_|xapp-|sq0|[rs]k_|whsec_|sbp?_|tfp_"
    r"|ops_eyJ|LTAI|dp\.[a-z]{2}\.|duffel_|dt0[a-z][0-9]{2}\.|EZ[AT]K|FLWSECK|fo1_|fm[12]|fio-u-|HRKU-|NRII-|sha256~|pplx-|access-|pscale_|pn[ub]_|pul-"
    r"|rdme_|rubygems_|shippo_|sgp_)(?=[A-Za-z0-9+/=_.-]{20})"
    r"|[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31}|[A-Za-z0-9]{14}\.atlasv1\.|[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk|[0-9]{15,16}\||sm_[aps]at_"
)
"""How each of them begins, for a quick look; `sk-`, `xox` and `access_token$` are looked for anyway."""

API_TOKEN = late(rf"(?<![A-Za-z0-9_-])(?:{'|'.join(FORMS.values())})(?![A-Za-z0-9_])")
