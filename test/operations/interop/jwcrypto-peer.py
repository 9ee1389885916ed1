"""Answers the cases of the matrix with jwcrypto: a JSON list on standard input, and a list of answers on standard output."""

import json
import sys

from jwcrypto import jwe, jwk, jws


def answer(case):
    key = jwk.JWK(**case["jwk"])
    alg, text = case["alg"], case["text"]
    header = {"alg": alg, "kid": case["jwk"]["kid"]}
    match case["operation"]:
        case "sign":
            made = jws.JWS(text)
            made.allowed_algs = [alg]
            made.add_signature(key, alg, json.dumps(header))
            return made.serialize(compact=True)
        case "verify":
            read = jws.JWS()
            read.allowed_algs = [alg]
            read.deserialize(text, key)
            return read.payload.decode()
        case "encrypt":
            algs = [alg, case["enc"]]
            header["enc"] = case["enc"]
            made = jwe.JWE(text, json.dumps(header), algs=algs)
            made.add_recipient(key)
            return made.serialize(compact=True)
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
