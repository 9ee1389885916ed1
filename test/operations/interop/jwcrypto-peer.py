"""Answers the cases of the matrix with jwcrypto: a JSON list on standard input, and a list of answers on standard output."""

import json
import sys

from jwcrypto import jwe, jwk, jws


# It writes the general serialisation only where there are two signatures or recipients.
another = jwk.JWK(kty="oct", k="A" * 43, kid="another")


def answer(case):
    key = jwk.JWK(**case["jwk"])
    alg, text, serialization = case["alg"], case["text"], case["serialization"]
    compact, general = serialization == "COMPACT", serialization == "GENERAL"
    header = {"alg": alg, "kid": case["jwk"]["kid"]}
    match case["operation"]:
        case "sign":
            made = jws.JWS(text)
            made.allowed_algs = [alg, "HS256"]
            if general:
                made.add_signature(another, "HS256", json.dumps({"alg": "HS256"}), json.dumps({"kid": "another"}))
            made.add_signature(key, alg, json.dumps(header))
            return made.serialize(compact=compact)
        case "verify":
            read = jws.JWS()
            read.allowed_algs = [alg]
            read.deserialize(text, key)
            return read.payload.decode()
        case "encrypt":
            enc = {"enc": case["enc"]}
            algs = [alg, case["enc"], "A256KW"]
            if general:
                made = jwe.JWE(text, json.dumps(enc), algs=algs)
                made.add_recipient(another, json.dumps({"alg": "A256KW", "kid": "another"}))
                made.add_recipient(key, json.dumps(header))
            else:
                made = jwe.JWE(text, json.dumps(header | enc), algs=algs)
                made.add_recipient(key)
            return made.serialize(compact=compact)
        case "decrypt":
            read = jwe.JWE(algs=[alg, case["enc"]])
            read.deserialize(text, key)
            return read.payload.decode()


def outcome(case):
    try:
        return {"text": answer(case)}
    except Exception as error:
        return {"error": type(error).__name__ + ": " + str(error)}


print(json.dumps([outcome(case) for case in json.load(sys.stdin)]))
