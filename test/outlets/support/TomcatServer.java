import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import java.io.File;
import java.nio.file.*;

/** Tomcat with a PKCS#12 keystore; reloadSslHostConfigs() where the file was replaced. */
public class TomcatServer {
    public static void main(String[] args) throws Exception {
        var tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("tc").toString());
        var connector = new Connector();
        connector.setPort(Integer.parseInt(args[2]));
        connector.setSecure(true);
        connector.setScheme("https");
        var protocol = (Http11NioProtocol) connector.getProtocolHandler();
        protocol.setSSLEnabled(true);
        var host = new SSLHostConfig();
        var cert = new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
        cert.setCertificateKeystoreFile(new File(args[0]).getAbsolutePath());
        cert.setCertificateKeystorePassword(args[1]);
        cert.setCertificateKeystoreType("PKCS12");
        host.addCertificate(cert);
        protocol.addSslHostConfig(host);
        tomcat.setConnector(connector);
        tomcat.addContext("", null);
        tomcat.start();
        System.out.println("ready");
        var path = Path.of(args[0]);
        var last = Files.getLastModifiedTime(path);
        while (System.in.available() == 0) {
            var now = Files.getLastModifiedTime(path);
            if (!now.equals(last)) { protocol.reloadSslHostConfigs(); last = now; System.out.println("reloaded"); }
            Thread.sleep(50);
        }
        tomcat.stop();
    }
}
