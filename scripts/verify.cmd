@rem Builds everything and runs all tests on this machine's JDK 25 or newer and Maven; -Plong adds the long ones.
@mvn -B -ntp -f "%~dp0..\reactor.pom.xml" %* verify
