@rem A server and 200 clients that echo over Windows completion ports for a while.
@"%~dp0iocp4j.cmd" demo %*
