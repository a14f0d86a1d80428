@rem The command line of iocp4j on this machine's JDK 25 or newer; Maven builds it first.
@call mvn -q -B -ntp -f "%~dp0..\reactor.pom.xml" -DskipTests package || exit /b 1
@java --enable-native-access=ALL-UNNAMED -jar "%~dp0..\bench\target\iocp4j-bench.jar" %*
