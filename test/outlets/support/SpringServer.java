import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/** Spring Boot that serves TLS. Arguments configure it; nothing reloads the keystore but Spring itself. */
@SpringBootConfiguration
@EnableAutoConfiguration
public class SpringServer {
    public static void main(String[] args) {
        SpringApplication.run(SpringServer.class, args);
        System.out.println("ready");
    }
}
