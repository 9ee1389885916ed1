// Answers the cases of the matrix with Nimbus JOSE + JWT: a JSON object with a list on standard input, and one with answers on
// standard output.

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEDecrypter;
import com.nimbusds.jose.JWEEncrypter;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.AESDecrypter;
import com.nimbusds.jose.crypto.AESEncrypter;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import com.nimbusds.jose.crypto.ECDH1PUDecrypter;
import com.nimbusds.jose.crypto.ECDH1PUEncrypter;
import com.nimbusds.jose.crypto.ECDH1PUX25519Decrypter;
import com.nimbusds.jose.crypto.ECDH1PUX25519Encrypter;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import com.nimbusds.jose.crypto.ECDHEncrypter;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.PasswordBasedDecrypter;
import com.nimbusds.jose.crypto.PasswordBasedEncrypter;
import com.nimbusds.jose.crypto.RSADecrypter;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.crypto.X25519Decrypter;
import com.nimbusds.jose.crypto.X25519Encrypter;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

final class NimbusPeer {
    private static final int SALT_OCTETS = 16;
    private static final int ITERATIONS = 2_000;

    public static void main(String[] args) throws Exception {
        String input = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        List<Map<String, Object>> answers = new ArrayList<>();
        for (Object one : JSONObjectUtils.getJSONArray(JSONObjectUtils.parse(input), "cases")) {
            @SuppressWarnings("unchecked")
            Map<String, Object> asked = (Map<String, Object>) one;
            answers.add(outcome(asked));
        }
        System.out.println(JSONObjectUtils.toJSONString(Map.of("answers", answers)));
    }

    private static Map<String, Object> outcome(Map<String, Object> asked) {
        try {
            return Map.of("text", answer(asked));
        } catch (Exception | LinkageError error) {
            return Map.of("error", error.toString());
        }
    }

    private static String answer(Map<String, Object> asked) throws Exception {
        JWK key = JWK.parse(JSONObjectUtils.getJSONObject(asked, "jwk"));
        String alg = (String) asked.get("alg");
        String text = (String) asked.get("text");
        // Java no longer has secp256k1.
        Security.removeProvider(BouncyCastleProvider.PROVIDER_NAME);
        if (alg.equals("ES256K")) Security.insertProviderAt(new BouncyCastleProvider(), 1);
        switch ((String) asked.get("operation")) {
            case "sign" -> {
                JWSAlgorithm algorithm = JWSAlgorithm.parse(alg);
                JWSHeader header = new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build();
                JWSObject made = new JWSObject(header, new Payload(text));
                made.sign(new DefaultJWSSignerFactory().createJWSSigner(key, algorithm));
                return made.serialize();
            }
            case "verify" -> {
                JWSObject read = JWSObject.parse(text);
                if (!read.getHeader().getAlgorithm().getName().equals(alg) || !read.verify(verifierOf(key))) {
                    throw new IllegalArgumentException("the signature is not valid");
                }
                return read.getPayload().toString();
            }
            case "encrypt" -> {
                JWEHeader.Builder header =
                        new JWEHeader.Builder(JWEAlgorithm.parse(alg), EncryptionMethod.parse((String) asked.get("enc")));
                JWK sender = senderOf(asked);
                if (sender != null) header.senderKeyID(sender.getKeyID());
                JWEObject made = new JWEObject(header.keyID(key.getKeyID()).build(), new Payload(text));
                made.encrypt(encrypterOf(key, alg, sender));
                return made.serialize();
            }
            default -> {
                JWEObject read = JWEObject.parse(text);
                read.decrypt(decrypterOf(key, alg, senderOf(asked)));
                return read.getPayload().toString();
            }
        }
    }

    private static JWK senderOf(Map<String, Object> asked) throws Exception {
        Map<String, Object> sender = JSONObjectUtils.getJSONObject(asked, "sender");
        return sender == null ? null : JWK.parse(sender);
    }

    private static JWSVerifier verifierOf(JWK key) throws Exception {
        if (key instanceof RSAKey rsa) return new RSASSAVerifier(rsa.toPublicJWK());
        if (key instanceof ECKey ec) return new ECDSAVerifier(ec.toPublicJWK());
        if (key instanceof OctetKeyPair okp) return new Ed25519Verifier(okp.toPublicJWK());
        return new MACVerifier((OctetSequenceKey) key);
    }

    private static JWEEncrypter encrypterOf(JWK key, String alg, JWK sender) throws Exception {
        if (key instanceof RSAKey rsa) return new RSAEncrypter(rsa.toPublicJWK());
        if (key instanceof ECKey ec) {
            if (sender == null) return new ECDHEncrypter(ec.toPublicJWK());
            return new ECDH1PUEncrypter(((ECKey) sender).toECPrivateKey(), ec.toECPublicKey());
        }
        if (key instanceof OctetKeyPair okp) {
            if (sender == null) return new X25519Encrypter(okp.toPublicJWK());
            return new ECDH1PUX25519Encrypter((OctetKeyPair) sender, okp.toPublicJWK());
        }
        OctetSequenceKey oct = (OctetSequenceKey) key;
        if (alg.startsWith("PBES2")) return new PasswordBasedEncrypter(oct.toByteArray(), SALT_OCTETS, ITERATIONS);
        return alg.equals("dir") ? new DirectEncrypter(oct) : new AESEncrypter(oct);
    }

    private static JWEDecrypter decrypterOf(JWK key, String alg, JWK sender) throws Exception {
        if (key instanceof RSAKey rsa) return new RSADecrypter(rsa);
        if (key instanceof ECKey ec) {
            if (sender == null) return new ECDHDecrypter(ec);
            return new ECDH1PUDecrypter(ec.toECPrivateKey(), ((ECKey) sender).toECPublicKey());
        }
        if (key instanceof OctetKeyPair okp) {
            if (sender == null) return new X25519Decrypter(okp);
            return new ECDH1PUX25519Decrypter(okp, ((OctetKeyPair) sender).toPublicJWK());
        }
        OctetSequenceKey oct = (OctetSequenceKey) key;
        if (alg.startsWith("PBES2")) return new PasswordBasedDecrypter(oct.toByteArray());
        return alg.equals("dir") ? new DirectDecrypter(oct) : new AESDecrypter(oct);
    }
}
