using ReadOnlyGuard.Servers;

// <port>: a LaggingBalancer to this port, in a process of its own, until stdin is closed. Says where it listens; then does what each line
// says, and says "done".
await using var balancer = new LaggingBalancer(new Target(int.Parse(args[0])));
Console.WriteLine(balancer.Port);
while (await Console.In.ReadLineAsync() is { } line)
{
    switch (line.Split(' '))
    {
        case ["switch", var port]:
            balancer.SwitchTo(new Target(int.Parse(port)));
            break;
        case ["refuse"]:
            balancer.RefuseConnections();
            break;
        case ["swallow"]:
            balancer.Swallow();
            break;
        case ["cut"]:
            balancer.CloseSessions();
            break;
        default:
            throw new InvalidOperationException($"'{line}' is no command.");
    }
    Console.WriteLine("done");
}

sealed class Target(int port) : PostgresEndpoint
{
    public override int Port => port;
}
