namespace Exports.Kubernetes.Tests.Manifests;

/// <summary>Manifests fit each other.</summary>
public sealed class ReferenceTests
{
    public static TheoryData<string> All { get; } = [.. Rendered.Folders];

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_a_pod_names_exists(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        foreach (var owner in rendered.WithPods)
        {
            var pod = owner.Pod!;
            if (pod.Text("spec/serviceAccountName") is { } account)
                rendered.Find("ServiceAccount", account);
            // Throws where a map, a Secret or a key of one is not there.
            foreach (var container in pod.Containers)
                rendered.Variables(container);
            foreach (var volume in pod.List("spec/volumes"))
            {
                if (volume.Text("persistentVolumeClaim/claimName") is { } claim)
                    rendered.Find("PersistentVolumeClaim", claim);
                if (volume.Text("configMap/name") is { } map)
                    rendered.Find("ConfigMap", map);
                if (volume.Text("secret/secretName") is { } secret && volume.Text("secret/optional") != "true")
                    rendered.Find("Secret", secret);
            }

            var volumes = pod.List("spec/volumes").Concat(owner.List("spec/volumeClaimTemplates"))
                .Select(volume => volume.Text("name") ?? volume.Text("metadata/name")!).ToHashSet();
            var mounts = pod.Containers.SelectMany(container => container.List("volumeMounts")).Select(mount => mount.Text("name")!).ToHashSet();
            Assert.True(volumes.SetEquals(mounts), $"{owner}: volumes {string.Join(", ", volumes)}; mounted {string.Join(", ", mounts)}");
        }
    }

    [Theory]
    [MemberData(nameof(Rendered.WithWorker), MemberType = typeof(Rendered))]
    public async Task Whoever_selects_pods_selects_some(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var pods = rendered.WithPods.ToList();
        foreach (var service in rendered.OfKind("Service"))
        {
            var pod = Assert.Single(pods, owner => service.Selects("spec/selector", owner.Pod!)).Pod!;
            var ports = pod.Containers.SelectMany(container => container.List("ports")).Select(port => port.Text("name")).ToList();
            Assert.All(service.List("spec/ports"), port => Assert.Contains(port.Text("targetPort"), ports));
        }

        foreach (var owner in pods)
            Assert.True(owner.Selects("spec/selector/matchLabels", owner.Pod!), $"{owner} selects its pods");
        foreach (var selecting in rendered.Objects.Where(manifest => manifest.Kind is "PodDisruptionBudget"))
            Assert.Single(pods, owner => selecting.Selects("spec/selector/matchLabels", owner.Pod!));
        foreach (var policy in rendered.OfKind("NetworkPolicy"))
            Assert.Single(pods, owner => policy.Selects("spec/podSelector/matchLabels", owner.Pod!));
        foreach (var constraint in rendered.Worker.Pod!.List("spec/topologySpreadConstraints"))
            Assert.True(constraint.Selects("labelSelector/matchLabels", rendered.Worker.Pod!));
        foreach (var scaler in rendered.OfKind("HorizontalPodAutoscaler"))
        {
            var target = rendered.Find(scaler.Text("spec/scaleTargetRef/kind")!, scaler.Text("spec/scaleTargetRef/name")!);
            Assert.Null(target.Text("spec/replicas"));
            // A percentage is of the request.
            Assert.NotNull(target.Pod!.Containers[0].Text("resources/requests/cpu"));
        }

        foreach (var monitor in rendered.OfKind("ServiceMonitor"))
        {
            var services = rendered.OfKind("Service").Where(service => monitor.Selects("spec/selector/matchLabels", service)).ToList();
            Assert.Equal(rendered.Api is null ? ["exports"] : ["exports", "exports-api"], services.Select(service => service.Name).Order());
            Assert.All(monitor.List("spec/endpoints"), endpoint =>
                Assert.All(services, service => Assert.Contains(endpoint.Text("port"), service.List("spec/ports").Select(port => port.Text("name")))));
        }
    }

    [Fact]
    public async Task Examples_name_what_a_worker_has()
    {
        var production = await Rendered.OfAsync("overlays/production");
        var service = production.Find("Service", "exports");
        var port = Assert.Single(service.List("spec/ports"));
        var ingress = Assert.Single((await Rendered.OfAsync("examples/ingress")).OfKind("Ingress"));
        var backend = Assert.Single(Assert.Single(ingress.List("spec/rules")).List("http/paths")).Part("backend/service")!;
        Assert.Equal((service.Name, port.Text("name")), (backend.Text("name"), backend.Text("port/name")));
        Assert.Equal(service.Text("metadata/namespace"), ingress.Text("metadata/namespace"));

        var examples = await Rendered.OfAsync("examples/connectors");
        var job = Assert.Single(examples.OfKind("Job"));
        Assert.Equal($"http://{service.Name}:{port.Text("port")}", examples.Variables(job.Pod!.Containers.Single())["WORKER"]);
        Assert.Equal(service.Text("metadata/namespace"), job.Text("metadata/namespace"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Every_pod_is_as_restricted_as_can_be(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        foreach (var owner in rendered.WithPods)
        {
            var pod = owner.Pod!;
            Assert.Equal("true", pod.Text("spec/securityContext/runAsNonRoot"));
            Assert.True(pod.Number("spec/securityContext/runAsUser") > 0, $"{owner}: a user that is not root");
            Assert.Equal("RuntimeDefault", pod.Text("spec/securityContext/seccompProfile/type"));
            Assert.Equal("false", pod.Text("spec/automountServiceAccountToken"));
            Assert.Equal("false", pod.Text("spec/enableServiceLinks"));
            foreach (var container in pod.Containers)
            {
                Assert.Equal("true", container.Text("securityContext/readOnlyRootFilesystem"));
                Assert.Equal("false", container.Text("securityContext/allowPrivilegeEscalation"));
                Assert.Equal("""["ALL"]""", container.Part("securityContext/capabilities/drop")!.Content.ToJsonString());
                Assert.NotNull(container.Text("resources/requests/cpu"));
                Assert.NotNull(container.Text("resources/requests/memory"));
                Assert.NotNull(container.Text("resources/limits/memory"));
            }
        }
    }

    [Theory]
    [InlineData("overlays/production")]
    [InlineData("overlays/production-api")]
    [InlineData("overlays/production-keys")]
    public async Task Redis_is_where_workers_look_for_it_and_asks_for_the_password_that_they_give(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var redis = rendered.Find("StatefulSet", "exports-redis").Pod!.Containers.Single();
        var service = rendered.Find("Service", "exports-redis");
        var port = Assert.Single(service.List("spec/ports"));
        var variables = rendered.Variables(redis);
        var parts = rendered.Variables(rendered.WorkerContainer)["CONNECT_CLUSTER_REDIS"].Split(',');

        Assert.Equal($"{service.Name}:{port.Text("port")}", parts[0]);
        Assert.Contains($"password={variables["REDISCLI_AUTH"]}", parts);
        Assert.Contains("$(REDISCLI_AUTH)", redis.List("args").Select(argument => (string)argument.Content!));
        Assert.Equal(port.Text("port"), Assert.Single(redis.List("ports")).Text("containerPort"));
        Assert.Contains(redis.List("volumeMounts"), mount => mount.Text("mountPath") == "/data");
        var config = rendered.Data("ConfigMap", rendered.OfKind("ConfigMap").Single(map => map.Name.StartsWith("exports-redis-", StringComparison.Ordinal)).Name);
        Assert.Contains("appendonly yes", config["redis.conf"].Split('\n'));
    }
}
