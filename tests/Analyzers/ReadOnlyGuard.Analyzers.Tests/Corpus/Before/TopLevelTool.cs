using Npgsql;

// usage: tool <connection string> <sql>
if (args.Length != 2)
{
    Console.Error.WriteLine("two arguments, please");
    return 1;
}

await using var connection = new NpgsqlConnection(args[0]);
await connection.OpenAsync();
await using var command = new NpgsqlCommand(args[1], connection);
Console.WriteLine(await command.ExecuteNonQueryAsync());
return 0;
