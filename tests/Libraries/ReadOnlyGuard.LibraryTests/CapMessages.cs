using System.Threading.Channels;
using DotNetCore.CAP;
using DotNetCore.CAP.Messages;
using DotNetCore.CAP.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.FailoverTests;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>CAP's storage over the guarded NpgsqlDataSource of the container.</summary>
[Trait("Heavy", "yes")]
public sealed class CapMessages(ITestOutputHelper output)
{
    public sealed record Entry(int Writer, int Number);

    public sealed class EntryHandler(NpgsqlDataSource source) : ICapSubscribe
    {
        [CapSubscribe("entries")]
        public async Task HandleAsync(Entry entry)
        {
            await using var connection = await source.OpenConnectionAsync();
            await Writers.InsertAsync(connection, entry.Writer, entry.Number);
        }
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Messages_go_on_being_published_and_handled(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await switchover.Primary.ExecuteAsync("create table ledger (writer int, number int)");
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddWritableNpgsqlDataSource(switchover.ConnectionString);
        builder.Services.AddOptions<PostgreSqlOptions>().Configure<NpgsqlDataSource>((options, source) => options.DataSource = source);
        builder.Services.AddTransient<EntryHandler>();
        builder.Services.AddCap(options =>
        {
            options.UsePostgreSql(_ => { });
            options.RegisterExtension(new Loopback());
            // A message whose handler failed is handled again after this; a minute by default, and only what is older than four.
            options.FailedRetryInterval = 2;
            options.FallbackWindowLookbackSeconds = 30;
        });
        using var host = builder.Build();
        await host.StartAsync();
        // It makes its tables beside the host's start.
        await Eventually.HoldsAsync(
            () => switchover.Primary.QueryAsync<bool>("select to_regclass('cap.published') is not null and to_regclass('cap.received') is not null"), "CAP's tables");

        var publisher = host.Services.GetRequiredService<ICapPublisher>();
        await switchover.MessagesAreHandledAsync(
            output, (writer, number) => publisher.PublishAsync("entries", new Entry(writer, number)), within: TimeSpan.FromMinutes(2));
        await host.StopAsync();
    }

    /// <summary>A transport within the process: what is tested is the storage.</summary>
    sealed class Loopback : ICapOptionsExtension, ITransport, IConsumerClientFactory
    {
        readonly Channel<TransportMessage> _messages = Channel.CreateUnbounded<TransportMessage>();

        public BrokerAddress BrokerAddress => new("loopback", "here");

        public void AddServices(IServiceCollection services) => services
            .AddSingleton(new CapMessageQueueMakerService("loopback"))
            .AddSingleton<ITransport>(this)
            .AddSingleton<IConsumerClientFactory>(this);

        public Task<OperateResult> SendAsync(TransportMessage message)
        {
            _messages.Writer.TryWrite(message);
            return Task.FromResult(OperateResult.Success);
        }

        public Task<IConsumerClient> CreateAsync(string groupName, byte groupConcurrent) => Task.FromResult<IConsumerClient>(new Client(this, groupName));

        sealed class Client(Loopback loopback, string group) : IConsumerClient
        {
            public BrokerAddress BrokerAddress => loopback.BrokerAddress;
            public Func<TransportMessage, object?, Task>? OnMessageCallback { get; set; }
            public Action<LogMessageEventArgs>? OnLogCallback { get; set; }

            public Task<ICollection<string>> FetchTopicsAsync(IEnumerable<string> topicNames) => Task.FromResult<ICollection<string>>([.. topicNames]);

            public Task SubscribeAsync(IEnumerable<string> topics) => Task.CompletedTask;

            public async Task ListeningAsync(TimeSpan timeout, CancellationToken cancellationToken)
            {
                await foreach (var message in loopback._messages.Reader.ReadAllAsync(cancellationToken))
                {
                    message.Headers[Headers.Group] = group;
                    await OnMessageCallback!(message, message);
                }
            }

            public Task CommitAsync(object? sender) => Task.CompletedTask;

            public Task RejectAsync(object? sender) => loopback.SendAsync((TransportMessage)sender!);

            public ValueTask DisposeAsync() => default;
        }
    }
}
