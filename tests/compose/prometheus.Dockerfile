# Stands in for the official image of Prometheus; see README.md.
FROM stand-in/debian
RUN install -d -o nobody -g nogroup /prometheus && install -d /etc/prometheus
USER nobody
VOLUME /prometheus
WORKDIR /prometheus
EXPOSE 9090
ENTRYPOINT ["prometheus"]
