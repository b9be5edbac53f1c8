"""Seven actions that Journey Optimizer can hold, and the environment that they are for."""

from __future__ import annotations

from support.workspaces import Folder

ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: journeys}
spec:
  target: {type: journey-optimizer, organization: 1234@AdobeOrg, sandbox: prod}
  ledger: {type: sqlite, path: .callsheet/journeys.db}
"""
SEVEN = {
    "push": """\
  request:
    method: POST
    url: https://push.example.com/v1/send
    headers: {X-Team: crm, X-Tenant: "{{ params.tenant }}"}
    query: {dry: "false"}
    payload:
      to: "{{ params.device }}"
      notification: {title: "{{ params.title }}", body: "{{ params.body }}"}
      badge: "{{ params.badge }}"
      sound: default
  authentication: {type: apiKey, name: X-Api-Key, in: header, value: {secret: "env:PUSH_KEY"}}
  parameters:
    tenant: {type: string}
    device: {type: string, label: {en: Device, fr: Appareil}, sensitivity: device-id}
    title: {type: string, label: {en: Title, fr: Titre}}
    body: {type: string, label: {en: Text, fr: Texte}}
    badge: {type: integer, label: {en: Badge, fr: Pastille}, optional: true}
  responses:
    success: {payload: {id: m1, accepted: true}}
    failure: {payload: {error: {code: 404, message: "gone «éà» 😀"}}}
  limits: {timeout: 10s}
""",
    "mail": """\
  request:
    method: POST
    url: https://mail.example.com/v3/send
    payload: {to: "{{ params.email }}", when: "{{ params.when }}", tags: "{{ params.tags }}", html: "<b class=\\"x\\">it's & 'so'</b>"}
  authentication: {type: basic, username: shop, password: {secret: "env:MAIL_PASSWORD"}}
  parameters:
    email: {type: string, label: Address, sensitivity: email}
    when: {type: datetime, label: When}
    tags: {type: array, items: string, label: Tags}
""",
    "sms": """\
  request: {method: POST, url: https://sms.example.com/send, payload: {to: "{{ params.phone }}", text: "{{ params.text }}", multi: "line one\\nline two\\ttab"}}
  authentication:
    type: custom
    endpoint: https://login.example.com/token
    method: POST
    body: {bodyType: form, bodyParams: {client_id: shop, client_secret: {secret: "env:SMS_SECRET"}}}
    tokenInResponse: json://access_token
    cacheDuration: {duration: 30, timeUnit: minutes}
    authorizationType: bearer
  parameters: {phone: {type: string, label: Same, sensitivity: phone}, text: {type: string, label: Same}}
""",
    "products": """\
  request:
    method: PUT
    url: https://shop.example.com/v1/baskets
    payload: {products: [{id: "{{ params.id }}", price: "{{ params.price }}"}], currency: EUR, sizes: [1, 2.5]}
  parameters: {id: {type: string}, price: {type: number}}
""",
    "lookup": """\
  request: {method: GET, url: https://shop.example.com/v1/stock, query: {sku: "{{ params.sku }}"}}
  parameters: {sku: {type: string, label: SKU}}
  responses: {success: {payload: {stock: 3, places: [{name: Paris}]}}}
""",
    "loyalty": """\
  request: {method: POST, url: https://loyalty.example.com/points, payload: {member: "{{ params.member }}", points: "{{ params.points }}", bonus: "{{ params.bonus }}"}}
  parameters:
    member: {type: string, label: Member, sensitivity: customer-id}
    points: {type: integer, label: Points}
    bonus: {type: boolean, label: Bonus, optional: true, whenMissing: null}
""",
    "audit": """\
  request: {method: POST, url: https://audit.example.com/log, payload: {event: journey, day: "{{ params.day }}", nested: {deep: {list: [a, b]}}}}
  parameters: {day: {type: date, label: Day}}
""",
}


def write(folder: Folder, **specs: str) -> None:
    folder.write("environments.yaml", ENVIRONMENT)
    for name, spec in specs.items():
        folder.write(
            f"{name}.yaml",
            f"apiVersion: callsheet/v1\nkind: Action\nmetadata: {{name: {name}, title: The {name}}}\nspec:\n{spec}",
        )
